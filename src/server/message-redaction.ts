/**
 * graphql-js quotes what it refuses, and that may be a phone number or a token. What stays here is the names of the
 * schema and of the document (fields, arguments, variables), types, and where in a variable the fault lies.
 */
export function redactSyntaxError(message: string): string {
  return (
    message
      // Unexpected String "..."; punctuators have no value.
      .replace(/\b(Name|Int|Float|String|BlockString|Comment) "[^]*"/, '$1')
      .replace(/: "[^]*"\.$/, '.')
  );
}

/** Of a literal in a document. */
export function redactValidationError(message: string): string {
  return redactValue(message) ?? message;
}

/** Of a variable, or of an argument that a variable gave. `cause` is what graphql-js wrote behind the value. */
export function redactInputError(message: string, cause: string | undefined): string {
  const argument = /^Argument "\w+" has invalid value /.exec(message)?.[0];
  if (argument !== undefined) return `${argument.trimEnd()}.`;
  const variable = /^(Variable "\$\w+") got invalid value /.exec(message)?.[1];
  if (variable === undefined) return message;
  const head = cause === undefined ? undefined : withoutEnd(message, `; ${cause}`);
  if (head === undefined || cause === undefined) return `${variable} got an invalid value.`;
  // Behind the value; quotes within it are escaped.
  const at = / at "[\w.[\]]+"$/.exec(head)?.[0] ?? '';
  return `${variable} got an invalid value${at}: ${describeCause(cause)}`;
}

/** graphql-js's guesses at what a misspelt name should have been. */
export const withoutSuggestions = (message: string): string => message.replace(/ Did you mean [^]*\?$/, '');

const withoutEnd = (text: string, end: string): string | undefined =>
  text.endsWith(end) ? text.slice(0, -end.length) : undefined;

/** Why graphql-js refused a value of a variable; here even the names of fields are the client's. */
function describeCause(cause: string): string {
  const undefinedField = /^Field "[^]*" is not defined by type ("\w+")\./.exec(cause);
  if (undefinedField !== null)
    return `it has a field that is not defined by type ${String(undefinedField[1])}.`;
  const known =
    /^(?:Expected (?:non-nullable )?type "[\w[\]!]+"(?: not to be null| to be an object)?|Field "\w+" of required type "[\w[\]!]+" was not provided)\./;
  return redactValue(cause) ?? known.exec(cause)?.[0] ?? 'it does not fit.';
}

/** Undefined where no value is quoted. */
function redactValue(message: string): string | undefined {
  const quoting = [
    /^((?:Enum "\w+"|\w+) cannot represent [\w -]*value): [^]*$/,
    /^(Expected value of type "[\w[\]!]+"), found [^]*$/,
  ];
  for (const pattern of quoting) {
    const kept = pattern.exec(message)?.[1];
    if (kept !== undefined) return `${kept}.`;
  }
  const enumName = /^Value "[^]*" does not exist in "(\w+)" enum\./.exec(message)?.[1];
  return enumName === undefined ? undefined : `The value does not exist in "${enumName}" enum.`;
}
