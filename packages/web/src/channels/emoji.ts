/** The reactions to choose from, by the short name under which they are stored. */

export const emoji = [
  { name: '+1', sign: '👍', label: 'thumbs up' },
  { name: 'heart', sign: '❤️', label: 'heart' },
  { name: 'tada', sign: '🎉', label: 'party popper' },
  { name: 'joy', sign: '😂', label: 'tears of joy' },
  { name: 'smile', sign: '😄', label: 'smile' },
  { name: 'eyes', sign: '👀', label: 'eyes' },
  { name: 'white_check_mark', sign: '✅', label: 'check mark' },
  { name: 'rocket', sign: '🚀', label: 'rocket' },
  { name: 'pray', sign: '🙏', label: 'folded hands' },
  { name: 'clap', sign: '👏', label: 'clapping hands' },
  { name: 'raised_hands', sign: '🙌', label: 'raised hands' },
  { name: 'wave', sign: '👋', label: 'waving hand' },
  { name: 'ok_hand', sign: '👌', label: 'OK hand' },
  { name: 'muscle', sign: '💪', label: 'strong arm' },
  { name: 'thinking', sign: '🤔', label: 'thinking face' },
  { name: 'open_mouth', sign: '😮', label: 'surprised face' },
  { name: 'cry', sign: '😢', label: 'crying face' },
  { name: 'fire', sign: '🔥', label: 'fire' },
  { name: 'bulb', sign: '💡', label: 'light bulb' },
  { name: 'warning', sign: '⚠️', label: 'warning' },
  { name: 'question', sign: '❓', label: 'question mark' },
  { name: 'hourglass', sign: '⏳', label: 'hourglass' },
  { name: 'coffee', sign: '☕', label: 'coffee' },
  { name: '-1', sign: '👎', label: 'thumbs down' },
] as const

/** How a reaction is shown: its sign, or `:name:` when it is none of ours. */
export function emojiOf(name: string): { readonly sign: string; readonly label: string } {
  return emoji.find((entry) => entry.name === name) ?? { sign: `:${name}:`, label: name }
}
