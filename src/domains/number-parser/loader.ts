import { toCountry } from '../../domain-kit/country.js';
import type { LoaderParts } from '../../domain-kit/loader-parts.js';
import { BadUserInputError, GatewayError } from '../../errors.js';
import type { Country, ParsedPhoneNumber } from '../../generated/resolvers.js';
import { toChunks } from '../../lib/chunk.js';
import { MAX_STRING_LENGTH, MAX_STRINGS, PARSE } from './endpoint.js';
import { toParsedPhoneNumbers } from './mapper.js';
import type { ParsedPhoneNumbersModel } from './model.js';

export interface ParseArguments {
  readonly originalStrings: readonly string[];
  readonly homeCountry?: string | null | undefined;
  readonly nationalAsPriority: boolean;
}

/** Parses phone numbers, each text once, by as few calls as upstream's limit allows. */
export function createNumberParserLoader({ upstream }: LoaderParts) {
  return {
    /** @throws GatewayError when no text could be asked for at all */
    async parse({ originalStrings, ...options }: ParseArguments): Promise<ParsedPhoneNumbersModel> {
      const distinct = [...new Set(originalStrings)].filter((text) => text.length <= MAX_STRING_LENGTH);
      const parsed = new Map<string, ParsedPhoneNumber | GatewayError>();
      const answers = await Promise.all(toChunks(distinct, MAX_STRINGS).map((chunk) => ask(chunk, options)));
      const refused = answers.filter((answer) => 'error' in answer);
      if (refused[0] !== undefined && refused.length === answers.length) throw refused[0].error;
      for (const answer of answers) {
        for (const [index, text] of answer.chunk.entries()) {
          const result = 'error' in answer ? answer.error : answer.results[index];
          if (result !== undefined) parsed.set(text, result);
        }
      }
      const homeCountry = answers.find((answer) => 'homeCountry' in answer)?.homeCountry ?? null;
      return { homeCountry, phoneNumbers: originalStrings.map((text) => parsed.get(text) ?? tooLong()) };
    },
  };

  async function ask(
    chunk: readonly string[],
    options: Omit<ParseArguments, 'originalStrings'>,
  ): Promise<Answer> {
    const { homeCountry, nationalAsPriority } = options;
    try {
      const json = await upstream.ask({
        ...PARSE,
        query: [
          ...(homeCountry ? [['homeCountry', homeCountry] as const] : []),
          ['nationalAsPriority', String(nationalAsPriority)],
        ],
        body: { originalStrings: chunk },
        isWhole: ({ phoneNumbers }) => Array.isArray(phoneNumbers),
      });
      return {
        chunk,
        results: toParsedPhoneNumbers(json, chunk),
        homeCountry: toCountry(json['homeCountry']),
      };
    } catch (error) {
      if (error instanceof GatewayError) return { chunk, error };
      throw error;
    }
  }
}

type Answer = { readonly chunk: readonly string[] } & (
  | { readonly results: readonly (ParsedPhoneNumber | GatewayError)[]; readonly homeCountry: Country | null }
  | { readonly error: GatewayError }
);

const tooLong = () =>
  new BadUserInputError(`A text to parse has at most ${String(MAX_STRING_LENGTH)} characters.`);
