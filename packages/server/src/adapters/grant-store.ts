/** Access lists as rows: one for each right of one principal. `null` is one row for everyone, `{}` is no row. */
import { type AccessControl, limits, ownerOnly, type ResourceKind } from '@sallyport/protocol'
import {
  type Compilable,
  type Expression,
  type ExpressionBuilder,
  expressionBuilder,
  type Kysely,
  type SqlBool,
} from 'kysely'
import type { AccessRecord, MembersChange, Reader } from '../ports.ts'
import { expect, template } from './batch.ts'
import type { Database } from './database.ts'
import type { Schema } from './schema.ts'

type Grant = Schema['grants']

/** What everyone may do with a public resource. */
const publicLevel = { channel: 'write', note: 'read' } as const

function grantsFrom(kind: ResourceKind, id: string, access: AccessControl): Grant[] {
  const of = { resource_kind: kind, resource_id: id }
  if (access === null)
    return [{ ...of, principal_kind: 'everyone', principal_id: '', level: publicLevel[kind], position: 0 }]
  return (['read', 'write'] as const).flatMap((level) =>
    (['user', 'group'] as const).flatMap((principal) =>
      [...new Set(access[level][`${principal}_ids`])].map((principal_id, position) => ({
        ...of,
        principal_kind: principal,
        principal_id,
        level,
        position,
      })),
    ),
  )
}

/** The access list that rows of one resource say. */
function accessFrom(grants: readonly Grant[]): AccessControl {
  if (grants.some(({ principal_kind }) => principal_kind === 'everyone')) return null
  const access = structuredClone(ownerOnly)
  for (const grant of grants.toSorted((a, b) => a.position - b.position)) {
    if (grant.principal_kind !== 'everyone') access[grant.level][`${grant.principal_kind}_ids`].push(grant.principal_id)
  }
  return access
}

/** The rows of one resource. */
export function selectGrants(db: Kysely<Schema>, kind: ResourceKind, id: string) {
  return selectAllGrants(db, kind).where('resource_id', '=', id)
}

/** The rows of all resources of a kind. */
export function selectAllGrants(db: Kysely<Schema>, kind: ResourceKind) {
  return db.selectFrom('grants').selectAll().where('resource_kind', '=', kind)
}

/** The access list of each resource among rows of several. */
export function accessOfEach(grants: readonly Grant[]): (id: string) => AccessControl {
  const byResource = Map.groupBy(grants, ({ resource_id }) => resource_id)
  return (id) => accessFrom(byResource.get(id) ?? [])
}

/** Statements that set an access list: for a batch. People and groups that do not exist are left out. */
export function setAccess(db: Kysely<Schema>, { kind, id }: Pick<AccessRecord, 'kind' | 'id'>, access: AccessControl) {
  const grants = grantsFrom(kind, id, access)
  const of = db.deleteFrom('grants').where('resource_kind', '=', kind).where('resource_id', '=', id)
  const unknown = (principal: 'user' | 'group', table: 'users' | 'groups'): Compilable<unknown> =>
    of
      .where('principal_kind', '=', principal)
      .where('principal_id', 'not in', (eb: ExpressionBuilder<Schema, 'grants'>) =>
        eb.selectFrom(table).select(`${table}.id`),
      )
  return {
    removedGrants: of,
    grants: grants.length === 0 ? undefined : db.insertInto('grants').values(grants),
    unknownUsers: access === null || grants.length === 0 ? undefined : unknown('user', 'users'),
    unknownGroups: access === null || grants.length === 0 ? undefined : unknown('group', 'groups'),
  }
}

/**
 * Statements that add people and groups to the writers of a resource, or take them out of both lists: for a batch.
 * Nothing that was read before is written back. `conflict` for a public resource, `too-large` beyond `limits.accessList`.
 */
export function changeWriters(
  db: Kysely<Schema>,
  { kind, id }: Pick<AccessRecord, 'kind' | 'id'>,
  { add, user_ids, group_ids }: Pick<MembersChange, 'add' | 'user_ids' | 'group_ids'>,
) {
  const listed = db.selectFrom('grants').where('resource_kind', '=', kind).where('resource_id', '=', id)
  const isPublic = listed.select('level').where('principal_kind', '=', 'everyone')
  const none: string[] = []
  const change = {
    read: { user_ids: none, group_ids: none },
    write: { user_ids: [...user_ids], group_ids: [...group_ids] },
  }
  const { grants, unknownUsers, unknownGroups } = setAccess(db, { kind, id }, change)
  const taken = db
    .deleteFrom('grants')
    .where('resource_kind', '=', kind)
    .where('resource_id', '=', id)
    .where((eb) =>
      eb.or([
        eb.and([eb('principal_kind', '=', 'user'), eb('principal_id', 'in', [...user_ids])]),
        eb.and([eb('principal_kind', '=', 'group'), eb('principal_id', 'in', [...group_ids])]),
      ]),
    )
  const next = listed.select((eb) => eb(eb.fn.max('position'), '+', 1).as('next'))
  const tooMany = listed
    .select('principal_kind')
    .where('level', '=', 'write')
    .groupBy('principal_kind')
    .having((eb) => eb.fn.countAll(), '>', limits.accessList)
  return {
    listed: expect(
      'conflict',
      db.selectNoFrom((eb) => eb.lit(1).as('listed')).where(({ not, exists }) => not(exists(isPublic))),
    ),
    taken,
    // Those who are there move up, so that the new ones, counted from 0, stand behind them.
    moved: db
      .updateTable('grants')
      .set((eb) => ({ position: eb('position', '-', next) }))
      .where('resource_kind', '=', kind)
      .where('resource_id', '=', id),
    added: add ? grants : undefined,
    unknownUsers: add ? unknownUsers : undefined,
    unknownGroups: add ? unknownGroups : undefined,
    few: expect(
      'too-large',
      db.selectNoFrom((eb) => eb.lit(1).as('few')).where(({ not, exists }) => not(exists(tooMany))),
    ),
  }
}

/** Whether the reader may read a row of `channels` or `notes`: as owner, by name, by group, or like everyone. */
export function readableBy({ id, groups, all }: Reader, kind: ResourceKind): Expression<SqlBool> {
  const eb = expressionBuilder<Schema, 'channels' | 'notes'>()
  if (all) return eb(eb.lit(1), '=', eb.lit(1))
  const table = `${kind}s` as const
  const granted = eb
    .selectFrom('grants')
    .select('grants.resource_id')
    .where('grants.resource_kind', '=', kind)
    .where(({ or, and, eb: grant }) =>
      or([
        grant('grants.principal_kind', '=', 'everyone'),
        and([grant('grants.principal_kind', '=', 'user'), grant('grants.principal_id', '=', id)]),
        ...(groups.length === 0
          ? []
          : [and([grant('grants.principal_kind', '=', 'group'), grant('grants.principal_id', 'in', groups)])]),
      ]),
    )
  return eb.or([eb(`${table}.user_id`, '=', id), eb(`${table}.id`, 'in', granted)])
}

/** Reads what decides over access to one resource. */
export function createAccessLoader({
  db,
  read,
}: Database): (kind: ResourceKind, id: string) => Promise<AccessRecord | undefined> {
  const queriesFor = (kind: ResourceKind) =>
    template(({ id }: { readonly id: string }) => ({
      owner: db.selectFrom(`${kind}s`).select('user_id').where('id', '=', id),
      grants: selectGrants(db, kind, id),
    }))
  const queries = { channel: queriesFor('channel'), note: queriesFor('note') }

  return async (kind, id) => {
    const { owner, grants } = await read(queries[kind]({ id }))
    const [row] = owner
    return row === undefined ? undefined : { kind, id, owner: row.user_id, access: accessFrom(grants) }
  }
}
