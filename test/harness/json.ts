/** What came over the wire, before a test has looked at it. */

// biome-ignore lint/suspicious/noExplicitAny: its form is what the tests assert; a type would only repeat the contract
export type Json = any
