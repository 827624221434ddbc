/** The steps that bring a database to the present form, in order. A step that was released is never changed. */
import type { Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Schema } from './schema.ts'

/** Accounts, groups, access lists and revoked tokens. */
const accounts: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('users')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('name_key', 'text', (column) => column.notNull())
      .addColumn('email', 'text', (column) => column.notNull().unique())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('password_hash', 'text', (column) => column.notNull())
      .addColumn('tokens_valid_after', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('last_active_at', 'bigint')
      .execute()
    await db.schema.createIndex('users_by_role').on('users').column('role').execute()
    await db.schema.createIndex('users_by_name').on('users').columns(['name_key', 'id']).execute()
    await db.schema
      .createTable('groups')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('group_members')
      .addColumn('group_id', 'text', (column) => column.notNull().references('groups.id').onDelete('cascade'))
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('group_members_key', ['group_id', 'user_id'])
      .execute()
    await db.schema.createIndex('group_members_by_user').on('group_members').column('user_id').execute()
    await db.schema
      .createTable('grants')
      .addColumn('resource_kind', 'text', (column) => column.notNull())
      .addColumn('resource_id', 'text', (column) => column.notNull())
      .addColumn('principal_kind', 'text', (column) => column.notNull())
      .addColumn('principal_id', 'text', (column) => column.notNull())
      .addColumn('level', 'text', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('grants_key', [
        'resource_kind',
        'resource_id',
        'principal_kind',
        'principal_id',
        'level',
      ])
      .execute()
    await db.schema
      .createIndex('grants_by_principal')
      .on('grants')
      .columns(['principal_kind', 'principal_id', 'resource_kind'])
      .execute()
    await db.schema
      .createTable('revoked_tokens')
      .addColumn('jti', 'text', (column) => column.primaryKey())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('revoked_tokens_by_until').on('revoked_tokens').column('until').execute()
  },
}

/** Channels with their messages, reactions and reading marks. */
const channels: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('channels')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('description', 'text', (column) => column.notNull())
      .addColumn('direct_key', 'text', (column) => column.unique())
      .addColumn('epoch', 'text', (column) => column.notNull())
      .addColumn('head', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('channels_by_user').on('channels').column('user_id').execute()
    await db.schema
      .createTable('messages')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('channel_id', 'text', (column) => column.notNull().references('channels.id').onDelete('cascade'))
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('parent_id', 'text')
      .addColumn('reply_to_id', 'text')
      .addColumn('client_key', 'text')
      .addColumn('content', 'text', (column) => column.notNull())
      .addColumn('offset', 'bigint', (column) => column.notNull())
      .addColumn('changed', 'bigint', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .addColumn('deleted_at', 'bigint')
      .addUniqueConstraint('messages_once', ['channel_id', 'user_id', 'client_key'])
      .execute()
    await db.schema
      .createIndex('messages_by_offset')
      .unique()
      .on('messages')
      .columns(['channel_id', 'offset'])
      .execute()
    await db.schema.createIndex('messages_by_change').on('messages').columns(['channel_id', 'changed']).execute()
    await db.schema.createIndex('messages_by_time').on('messages').columns(['channel_id', 'created_at']).execute()
    await db.schema.createIndex('messages_by_parent').on('messages').columns(['parent_id', 'offset']).execute()
    await db.schema
      .createTable('reactions')
      .addColumn('message_id', 'text', (column) => column.notNull().references('messages.id').onDelete('cascade'))
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('reactions_key', ['message_id', 'name', 'user_id'])
      .execute()
    await db.schema.createIndex('reactions_by_user').on('reactions').column('user_id').execute()
    await db.schema
      .createTable('channel_reads')
      .addColumn('channel_id', 'text', (column) => column.notNull().references('channels.id').onDelete('cascade'))
      .addColumn('user_id', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('last_read_at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('channel_reads_key', ['channel_id', 'user_id'])
      .execute()
    await db.schema.createIndex('channel_reads_by_user').on('channel_reads').column('user_id').execute()
  },
}

/** Notes and their documents. */
const notes: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('notes')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('title', 'text', (column) => column.notNull())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('notes_by_user').on('notes').column('user_id').execute()
    await db.schema
      .createTable('documents')
      .addColumn('note_id', 'text', (column) => column.primaryKey().references('notes.id').onDelete('cascade'))
      .addColumn('epoch', 'text', (column) => column.notNull())
      .addColumn('head', 'bigint', (column) => column.notNull())
      .addColumn('updated_at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('document_snapshots')
      .addColumn('note_id', 'text', (column) => column.primaryKey().references('documents.note_id').onDelete('cascade'))
      .addColumn('offset', 'bigint', (column) => column.notNull())
      .addColumn('state', 'blob', (column) => column.notNull())
      .addColumn('checksum', 'bigint', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('document_updates')
      .addColumn('note_id', 'text', (column) => column.notNull().references('documents.note_id').onDelete('cascade'))
      .addColumn('offset', 'bigint', (column) => column.notNull())
      .addColumn('bytes', 'blob', (column) => column.notNull())
      .addColumn('checksum', 'bigint', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addPrimaryKeyConstraint('document_updates_key', ['note_id', 'offset'])
      .execute()
    await db.schema
      .createTable('document_clients')
      .addColumn('note_id', 'text', (column) => column.notNull().references('documents.note_id').onDelete('cascade'))
      .addColumn('client_id', 'bigint', (column) => column.notNull())
      .addColumn('user_id', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('document_clients_key', ['note_id', 'client_id'])
      .execute()
  },
}

/** Every step by its name; Kysely runs them in the order of names. */
const steps: Readonly<Record<string, Migration>> = {
  '001-accounts': accounts,
  '002-channels': channels,
  '003-notes': notes,
}

/** Runs the steps that the database has not seen: all of them or none. */
export async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...steps }) } })
  const { error, results } = await migrator.migrateToLatest()
  if (error === undefined) return
  const failed = results?.find(({ status }) => status === 'Error')?.migrationName
  const step = failed === undefined ? '' : ` (step ${failed})`
  const reason = error instanceof Error ? error.message : String(error)
  throw new Error(`The database could not be brought up to date${step}: ${reason}`, { cause: error })
}
