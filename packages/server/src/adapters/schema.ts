/** The tables. Times are milliseconds since 1970, ids are lower-case UUIDs, yes and no do not occur. */
import type { ResourceKind, Role } from '@sallyport/protocol'

/** A row of each table. */
export interface Schema {
  readonly users: {
    readonly id: string
    readonly name: string
    /** The name as it is searched and sorted: in lower case, also beyond ASCII. */
    readonly name_key: string
    readonly email: string
    readonly role: Role
    readonly password_hash: string
    readonly tokens_valid_after: number
    readonly created_at: number
    readonly last_active_at: number | null
  }

  readonly groups: {
    readonly id: string
    readonly name: string
    readonly description: string
    readonly created_at: number
    readonly updated_at: number
  }

  readonly group_members: {
    readonly group_id: string
    readonly user_id: string
  }

  /** One right of somebody to one resource. `everyone` has an empty `principal_id`. */
  readonly grants: {
    readonly resource_kind: ResourceKind
    readonly resource_id: string
    readonly principal_kind: 'user' | 'group' | 'everyone'
    readonly principal_id: string
    readonly level: 'read' | 'write'
    /** Its place in the access list as it was given. */
    readonly position: number
  }

  readonly revoked_tokens: {
    readonly jti: string
    readonly until: number
  }

  readonly channels: {
    readonly id: string
    readonly user_id: string
    readonly type: 'standard' | 'group' | 'dm'
    readonly name: string
    readonly description: string
    readonly direct_key: string | null
    readonly epoch: string
    /** Offset of the newest entry of the log. */
    readonly head: number
    readonly created_at: number
    readonly updated_at: number
  }

  readonly messages: {
    readonly id: string
    readonly channel_id: string
    /** Stays when the account is deleted. */
    readonly user_id: string
    readonly parent_id: string | null
    readonly reply_to_id: string | null
    readonly client_key: string | null
    readonly content: string
    /** Offset of its creation, and of its last change. */
    readonly offset: number
    readonly changed: number
    readonly created_at: number
    readonly updated_at: number
    readonly deleted_at: number | null
  }

  readonly reactions: {
    readonly message_id: string
    readonly name: string
    readonly user_id: string
    readonly at: number
  }

  readonly channel_reads: {
    readonly channel_id: string
    readonly user_id: string
    readonly last_read_at: number
  }

  readonly notes: {
    readonly id: string
    readonly user_id: string
    readonly title: string
    readonly created_at: number
    readonly updated_at: number
  }

  /** The log of a note's document. The snapshot is apart, so that an append does not rewrite it. */
  readonly documents: {
    readonly note_id: string
    readonly epoch: string
    readonly head: number
    readonly updated_at: number
  }

  readonly document_snapshots: {
    readonly note_id: string
    readonly offset: number
    readonly state: Uint8Array
    /** CRC-32 of the bytes. */
    readonly checksum: number
    readonly at: number
  }

  readonly document_updates: {
    readonly note_id: string
    readonly offset: number
    readonly bytes: Uint8Array
    /** CRC-32 of the bytes. */
    readonly checksum: number
    readonly user_id: string
    readonly at: number
  }

  /** Which user brought a Yjs client id into a document. */
  readonly document_clients: {
    readonly note_id: string
    readonly client_id: number
    readonly user_id: string
  }
}
