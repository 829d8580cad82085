/** Applies a function to a value, at once where it is there already: a promise for each of many fields is dear. */
export function whenKnown<T, R>(value: T | Promise<T>, apply: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(apply) : apply(value);
}
