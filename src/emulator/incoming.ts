import { isJson, tryParse, type Json } from './json.js';

/** A request as it came. */
export interface Incoming {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: string;
  /** Of `Authorization: Bearer`. */
  readonly token: string | undefined;
  readonly authorization: string;
  readonly accept: string;
  readonly contentType: string;
  readonly body: string;
}

/** The JSON object that came; empty where nothing came, undefined for anything else. */
export function readJson({ body }: Incoming): Json | undefined {
  if (body === '') return {};
  const json = tryParse(body);
  return isJson(json) ? json : undefined;
}

/** A segment or form value without its percent-encoding; as it came where that is broken. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
