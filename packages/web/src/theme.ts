/** How Sallyport looks: its colours, type and defaults, with contrast of WCAG AA in both schemes. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

const gate: MantineColorsTuple = [
  '#e9f7f4',
  '#d3ede7',
  '#a5dccf',
  '#73cab7',
  '#4bbaa2',
  '#2fa88e',
  '#178f77',
  '#0d6f5c',
  '#0b6151',
  '#074b3f',
]
const night: MantineColorsTuple = [
  '#dfe4ea',
  '#bac2cc',
  '#95a0ad',
  '#6b7683',
  '#434d59',
  '#333c47',
  '#252d36',
  '#181e25',
  '#12171d',
  '#0d1115',
]
const mist: MantineColorsTuple = [
  '#f7f8f9',
  '#f0f2f4',
  '#e4e8eb',
  '#d5dbe0',
  '#c0c8cf',
  '#a1abb5',
  '#76828e',
  '#56616c',
  '#363f48',
  '#1c2329',
]

const alarm: MantineColorsTuple = [
  '#fff1f1',
  '#ffdfdf',
  '#ffbebe',
  '#ff9797',
  '#ff7676',
  '#f25555',
  '#cf3535',
  '#c22525',
  '#a61d1d',
  '#871717',
]

/** The theme. */
export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: { light: 7, dark: 7 },
  colors: { gate, dark: night, gray: mist, red: alarm },
  black: '#1c2329',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontFamily: "'Inter Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    // The placeholder for the first focus is a presentational child of a menu, which ARIA forbids.
    Menu: { defaultProps: { withinPortal: false, withInitialFocusPlaceholder: false } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.45, blur: 2 },
        closeButtonProps: { 'aria-label': 'Close' },
      },
      styles: { title: { fontWeight: 650, fontSize: '1.0625rem' } },
    },
    Notification: { defaultProps: { closeButtonProps: { 'aria-label': 'Dismiss' } } },
    Tooltip: { defaultProps: { openDelay: 400, withArrow: true, events: { hover: true, focus: true, touch: false } } },
  },
})

/** Colours that Mantine's defaults make too pale to read. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': mist[7],
    '--mantine-color-placeholder': mist[6],
    '--mantine-color-error': '#c22525',
    '--mantine-color-red-light': '#fdeded',
    '--sallyport-sidebar': mist[0],
    '--sallyport-line': mist[2],
    '--sallyport-hover': 'rgb(28 35 41 / 5%)',
    '--sallyport-accent-text': gate[7],
    '--sallyport-accent-soft': gate[0],
  },
  dark: {
    '--mantine-color-dimmed': night[2],
    '--mantine-color-placeholder': night[2],
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': gate[3],
    '--mantine-color-gate-light': 'rgb(47 168 142 / 16%)',
    '--mantine-color-gate-light-hover': 'rgb(47 168 142 / 24%)',
    '--mantine-color-gate-light-color': gate[2],
    '--mantine-color-gray-light': 'rgb(255 255 255 / 6%)',
    '--mantine-color-gray-light-hover': 'rgb(255 255 255 / 9%)',
    '--mantine-color-red-light': 'rgb(242 85 85 / 15%)',
    '--mantine-color-yellow-light': 'rgb(255 205 90 / 14%)',
    '--sallyport-sidebar': night[8],
    '--sallyport-line': night[6],
    '--sallyport-hover': 'rgb(255 255 255 / 5%)',
    '--sallyport-accent-text': gate[3],
    '--sallyport-accent-soft': 'rgb(47 168 142 / 16%)',
  },
})
