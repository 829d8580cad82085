interface Example {
  query: string;
  /** JSON text. */
  variables?: string;
}

export const EXAMPLES: readonly Example[] = [
  {
    query: `query WhoAmI {
  extension {
    id
    name
  }
}
`,
  },
];
