const WHO_AM_I = `# Who am I, with my numbers?
query WhoAmI {
  extension {
    name
    extensionNumber
    status
    phoneNumbers(first: 3) {
      totalCount
      nodes {
        phoneNumber
        label
        usageType
      }
    }
  }
}`;

const THIRTY_LOOK_UPS = `# Thirty look-ups, ten by alias and twenty in a list:
# one upstream call, as told below the answer.
query ThirtyLookUps {
  n0: phoneNumber(resourceId: "299282000") { ...line }
  n1: phoneNumber(resourceId: "299282001") { ...line }
  n2: phoneNumber(resourceId: "299282002") { ...line }
  n3: phoneNumber(resourceId: "299282003") { ...line }
  n4: phoneNumber(resourceId: "299282004") { ...line }
  n5: phoneNumber(resourceId: "299282005") { ...line }
  n6: phoneNumber(resourceId: "299282006") { ...line }
  n7: phoneNumber(resourceId: "299282007") { ...line }
  n8: phoneNumber(resourceId: "299282008") { ...line }
  n9: phoneNumber(resourceId: "299282009") { ...line }
  more: phoneNumbers(
    resourceIds: [
      "299282010" "299282011" "299282012" "299282013"
      "299282014" "299282015" "299282016" "299282017"
      "299282018" "299282019" "299282020" "299282021"
      "299282022" "299282023" "299282024" "299282025"
      "299282026" "299282027" "299282028" "299282029"
    ]
  ) { ...line }
}

fragment line on PhoneNumber {
  resourceId
  phoneNumber
  label
}`;

const ONE_ID_MISSING = `# A batch in which one id is missing: it is null
# with its own error, and the others arrive.
query OneIdMissing {
  phoneNumbers(
    resourceIds: ["299282000", "299282001", "111"]
  ) {
    resourceId
    phoneNumber
    location
  }
}`;

const BLOCK_RENAME_UNBLOCK = `# Three writes, made one after the other. The id is the
# one that block answers with; refusals are userErrors.
mutation BlockRenameUnblock(
  $id: ID! = "QmxvY2tlZE51bWJlci5DQUxMRVJfQkxPQ0tJTkcvNDAxOTAwMTAwMDA4LzQwMTkwMDEwMTAwOC9NVFkxTURVMU5UQTVPVGs"
) {
  block: addBlockedNumber(
    input: { phoneNumber: "+16505550999", label: "Unknown" }
  ) {
    blockedNumber { ...blocked }
    userErrors { ...refusal }
  }
  rename: updateBlockedNumbers(
    input: {
      blockedNumbers: [{ id: $id, label: "Sells fridges" }]
    }
  ) {
    blockedNumbers { ...blocked }
    userErrors { ...refusal }
  }
  unblock: deleteBlockedNumbers(input: { ids: [$id] }) {
    deletedIds
    userErrors { ...refusal }
  }
}

fragment blocked on BlockedNumber {
  id
  phoneNumber
  label
  status
}

fragment refusal on UserError {
  code
  message
  outcome
}`;

const PARSE_NUMBERS = `# Numbers as people write them, made comparable.
query ParseNumbers {
  parsePhoneNumbers(
    originalStrings: [
      "+1 (650) 555-0100", "650 555 0101", "1-800-555-0199"
    ]
    homeCountry: "US"
  ) {
    homeCountry { isoCode }
    phoneNumbers {
      originalString
      e164
      formattedNational
      country { isoCode }
      tollFree
    }
  }
}`;

/**
 * The playground's tabs, each named after its operation. The ids are those of the emulator's demo account. No variables:
 * the panel beneath the query shows the headers, where the token is.
 */
export const EXAMPLES: readonly { query: string }[] = [
  { query: WHO_AM_I },
  { query: THIRTY_LOOK_UPS },
  { query: ONE_ID_MISSING },
  { query: BLOCK_RENAME_UNBLOCK },
  { query: PARSE_NUMBERS },
];
