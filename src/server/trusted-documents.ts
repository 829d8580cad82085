import type { GraphQLSchema } from 'graphql';
import { GatewayError } from '../errors.js';
import { ManifestError, readDocumentManifest } from './document-manifest.js';

export interface TrustedDocumentsOptions {
  /** Path of the manifest; read in the modes `log` and `enforce`. */
  readonly file: string | undefined;
  /** `off`: no ids, any text. `log`: ids and any text, counting what is not listed. `enforce`: only what is listed. */
  readonly mode: 'off' | 'log' | 'enforce';
  readonly schema: GraphQLSchema;
  readonly onEvent: (event: TrustedDocumentsEvent) => void;
}

export type TrustedDocumentsEvent =
  /** A text that is not listed runs (`log`). */
  | { readonly kind: 'unknown' }
  /** A text or an id that is not listed was refused. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'reloaded' }
  /** The manifest could not be used; the one before stays. */
  | { readonly kind: 'reload-failed'; readonly reason: string };

export interface TrustedDocuments {
  /**
   * The parameters of a GraphQL request (a parsed body, or the query of a GET, whose `extensions` are JSON) with the
   * text that is to run as `query`. An id comes as `documentId` or as Apollo's `extensions.persistedQuery`; where there
   * is a text too, the text counts. What is no request is handed on for Apollo to refuse.
   * @throws GatewayError UNKNOWN_DOCUMENT
   */
  resolve(parameters: unknown): unknown;
  /** Reads the manifest again. False where it is unusable, and the old one stays. */
  reload(): boolean;
}

/** @throws ManifestError for an unusable manifest */
export function createTrustedDocuments({
  file,
  mode,
  schema,
  onEvent,
}: TrustedDocumentsOptions): TrustedDocuments {
  if (mode === 'off') return { resolve: (parameters) => parameters, reload: () => true };
  const load = () => readDocumentManifest(file ?? '', schema);
  let manifest = load();

  function refuse(): never {
    onEvent({ kind: 'refused' });
    throw new GatewayError('The document is not one of those that this gateway runs.', {
      code: 'UNKNOWN_DOCUMENT',
    });
  }

  function findText({ query, documentId }: Parameters, hash: string | undefined): unknown {
    if (query === undefined || query === null || query === '') {
      const id = typeof documentId === 'string' ? documentId : hash;
      return id === undefined ? query : (manifest.byId.get(id) ?? refuse());
    }
    if (typeof query === 'string' && manifest.texts.has(query)) return query;
    if (mode === 'enforce') refuse();
    onEvent({ kind: 'unknown' });
    return query;
  }

  return {
    resolve(parameters) {
      if (!isParameters(parameters)) return parameters;
      const { hash, rest } = takePersistedQuery(parameters);
      const query = findText(rest, hash);
      return query === undefined ? rest : { ...rest, query };
    },
    reload() {
      try {
        manifest = load();
        onEvent({ kind: 'reloaded' });
        return true;
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        onEvent({ kind: 'reload-failed', reason: error.reason });
        return false;
      }
    },
  };
}

type Parameters = Readonly<Record<string, unknown>>;

const isParameters = (value: unknown): value is Parameters =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Apollo's own handling of these is off, and it refuses a request that still holds one. */
function takePersistedQuery(parameters: Parameters): { hash: string | undefined; rest: Parameters } {
  const given = parameters['extensions'];
  const extensions = typeof given === 'string' ? parseJson(given) : given;
  if (!isParameters(extensions) || !isParameters(extensions['persistedQuery'])) {
    return { hash: undefined, rest: parameters };
  }
  const { persistedQuery, ...others } = extensions;
  const { sha256Hash } = persistedQuery;
  return {
    hash: typeof sha256Hash === 'string' ? sha256Hash : undefined,
    rest: { ...parameters, extensions: typeof given === 'string' ? JSON.stringify(others) : others },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
