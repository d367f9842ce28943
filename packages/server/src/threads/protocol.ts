/** What a thread can be asked, and what it replies to that: types of JSON values. */
export type Protocol = Readonly<Record<string, { readonly request: unknown; readonly reply: unknown }>>;
