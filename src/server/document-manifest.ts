import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parse, validate, type GraphQLSchema } from 'graphql';

/** The documents that the operators of the clients have listed. */
export interface DocumentManifest {
  /** Text by the id in the manifest, by `sha256:<hex>` and by the hex alone. */
  readonly byId: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
}

/** All that is wrong with a manifest, told at once: to who starts the gateway. */
export class ManifestError extends Error {
  readonly faults: readonly string[];
  /** In a few words, which quote nothing of the file and its name. */
  readonly reason: string;

  constructor(reason: string, faults: readonly string[] = [reason]) {
    const told = faults.map((fault) => `PERSISTED_DOCUMENTS: ${fault}`);
    super(told.join('\n'));
    this.name = 'ManifestError';
    this.faults = told;
    this.reason = reason;
  }
}

/**
 * Reads `{ "<hash>": "<document>" }` as the client preset of graphql-codegen writes it: the hash is `sha256:` and the
 * text's SHA-256 in hex, or the hex of its SHA-1 (the default of earlier versions). Either is taken with or without the
 * algorithm's name before it.
 * @throws ManifestError naming every fault of the file
 */
export function readDocumentManifest(file: string, schema: GraphQLSchema): DocumentManifest {
  const entries = Object.entries(readJsonObject(file));
  const faults = entries.flatMap(([id, text]) => findFaults(id, text, schema));
  if (faults.length > 0)
    throw new ManifestError(`documents in the file have ${String(faults.length)} faults`, faults);
  const byId = new Map<string, string>();
  const texts = new Set<string>();
  for (const [id, text] of entries as [string, string][]) {
    const sha256 = toHash('sha256', text);
    for (const name of [id, sha256, `sha256:${sha256}`]) byId.set(name, text);
    texts.add(text);
  }
  return { byId, texts };
}

function readJsonObject(file: string): Readonly<Record<string, unknown>> {
  const json = parseJson(readText(file));
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return { ...json };
  throw new ManifestError('the file must hold an object of documents by their hashes');
}

/** Node's own messages quote the path, and the text of what is no JSON. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new ManifestError(`the file cannot be read (${code})`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ManifestError('the file is no JSON');
  }
}

function findFaults(id: string, text: unknown, schema: GraphQLSchema): string[] {
  if (typeof text !== 'string') return [`${id} is no text`];
  const hashes = ['sha1', 'sha256'].flatMap((algorithm) => {
    const hash = toHash(algorithm, text);
    return [hash, `${algorithm}:${hash}`];
  });
  if (!hashes.includes(id)) return [`${id} is neither the SHA-1 nor the SHA-256 of its document`];
  try {
    return validate(schema, parse(text)).map(({ message }) => `${id}: ${message}`);
  } catch (error) {
    return [`${id}: ${error instanceof Error ? error.message : 'it cannot be parsed'}`];
  }
}

const toHash = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');
