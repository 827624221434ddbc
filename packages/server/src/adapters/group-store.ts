/** Groups and their members in the database. */
import type { Group } from '@sallyport/protocol'
import type { AccountStore } from '../ports.ts'
import { expect, first } from './batch.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

/** The part of the account store that is about groups. */
export type GroupStore = Pick<AccountStore, 'groups' | 'group' | 'createGroup' | 'updateGroup' | 'deleteGroup'>

function groupFrom(
  { id, name, description, created_at, updated_at }: Schema['groups'],
  members: readonly Schema['group_members'][],
): Group {
  return {
    id,
    name,
    description,
    user_ids: members.filter(({ group_id }) => group_id === id).map(({ user_id }) => user_id),
    created_at: Math.floor(created_at / 1000),
    updated_at: Math.floor(updated_at / 1000),
  }
}

/** The part of the account store that is about groups, for a database. */
export function createGroupStore({ db, batch, read }: Database): GroupStore {
  const groups = db.selectFrom('groups').selectAll().orderBy('name').orderBy('id')
  const members = db.selectFrom('group_members').selectAll().orderBy('user_id')
  const one = (id: string) => ({ group: groups.where('id', '=', id), members: members.where('group_id', '=', id) })

  return {
    async groups() {
      const all = await read({ groups, members })
      const byGroup = Map.groupBy(all.members, ({ group_id }) => group_id)
      return all.groups.map((group) => groupFrom(group, byGroup.get(group.id) ?? []))
    },

    async group(id) {
      const found = await read(one(id))
      const [group] = found.group
      return group === undefined ? undefined : groupFrom(group, found.members)
    },

    async createGroup({ id, name, description, at }) {
      const { group } = await batch({
        group: db.insertInto('groups').values({ id, name, description, created_at: at, updated_at: at }).returningAll(),
      })
      return groupFrom(first(group), [])
    },

    async updateGroup(id, { name, description, add = [], remove = [], at }) {
      const columns = {
        updated_at: at,
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
      }
      const newMembers = db
        .selectFrom('users')
        .select((eb) => [eb.val(id).as('group_id'), 'users.id as user_id'])
        .where('users.id', 'in', [...new Set(add)])
      const done = await batch({
        found: expect('not-found', db.updateTable('groups').set(columns).where('id', '=', id).returning('id')),
        added:
          add.length === 0
            ? undefined
            : db
                .insertInto('group_members')
                .columns(['group_id', 'user_id'])
                .expression(newMembers)
                .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
                .returning('user_id'),
        removed:
          remove.length === 0
            ? undefined
            : db
                .deleteFrom('group_members')
                .where('group_id', '=', id)
                .where('user_id', 'in', [...new Set(remove)])
                .returning('user_id'),
        ...one(id),
      })
      const changed = [...done.added, ...done.removed].map(({ user_id }) => user_id)
      return { group: groupFrom(first(done.group), done.members), changed }
    },

    async deleteGroup(id) {
      const { members } = await batch({
        members: db.deleteFrom('group_members').where('group_id', '=', id).returning('user_id'),
        grants: db.deleteFrom('grants').where('principal_kind', '=', 'group').where('principal_id', '=', id),
        group: expect('not-found', db.deleteFrom('groups').where('id', '=', id).returning('id')),
      })
      return members.map(({ user_id }) => user_id)
    },
  }
}
