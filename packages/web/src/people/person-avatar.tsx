/** A person's initials on the colour that is theirs everywhere. */
import { Avatar } from '@mantine/core'
import { initialsOf, personColor } from './person-color.ts'

interface PersonAvatarProps {
  readonly id: string
  readonly name: string
  readonly size?: number
}

/** The avatar; decoration, because the name stands beside it or in its label. */
export function PersonAvatar({ id, name, size = 36 }: PersonAvatarProps) {
  return (
    <Avatar
      aria-hidden
      size={size}
      radius={size > 28 ? 'md' : 'sm'}
      styles={{
        placeholder: {
          background: personColor(id),
          color: '#fff',
          fontSize: Math.round(size * 0.38),
          fontWeight: 600,
          border: 'none',
        },
      }}
    >
      {initialsOf(name)}
    </Avatar>
  )
}
