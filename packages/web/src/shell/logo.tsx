/** The sign of Sallyport: a gate with two doors, one of them open. */

/** The logo; decoration, because the name always stands beside it. */
export function Logo({ size = 28 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0f7763" />
      <path d="M7 26V13a9 9 0 0 1 18 0v13" fill="none" stroke="#fff" strokeWidth="2.4" strokeLinecap="round" />
      <path d="M11 26V13.6a5 5 0 0 1 4-4.9V26z" fill="#fff" />
      <path d="M17 8.7l5.2 3.1V24L17 26z" fill="#a5dccf" />
    </svg>
  )
}
