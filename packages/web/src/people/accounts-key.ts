/** Where the accounts of the administration are cached. */

/** The key under which pages of accounts are cached. */
export const accountsKey = ['accounts'] as const
