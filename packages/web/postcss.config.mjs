/** The PostCSS plugins of Mantine: `light-dark()`, mixins and breakpoints as variables. */

// biome-ignore lint/style/noDefaultExport: PostCSS reads the default export of its configuration
export default {
  plugins: {
    'postcss-preset-mantine': {},
    'postcss-simple-vars': {
      variables: {
        'mantine-breakpoint-xs': '36em',
        'mantine-breakpoint-sm': '48em',
        'mantine-breakpoint-md': '62em',
      },
    },
  },
}
