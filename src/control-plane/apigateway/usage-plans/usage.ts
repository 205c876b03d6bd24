import type { Scope } from '../../../aws/identifiers.ts'
import { usageDaysMax } from '../../../aws/limits.ts'
import type { ApiGatewayOperations, GetUsageRequest } from '../../../aws/models/apigateway-types.ts'
import type { QuotaLedger } from '../../../ports/counters.ts'
import {
  allowanceOn,
  dayOf,
  daysBetween,
  isDay,
  quotaKeyOf,
} from '../../../snapshot/quota-period.ts'
import type { Handlers } from '../../service.ts'
import { transact, type Transaction } from '../../transaction.ts'
import type { ApiGatewayContext } from '../context.ts'
import { findRecord } from '../lookup.ts'
import { pageOf } from '../paging.ts'
import { applyPatchOperations, patchRow, type PatchTable } from '../patches/patch-operations.ts'
import { patchRefusals } from '../patches/patch-refusals.ts'
import { integerValue } from '../patches/patch-value-types.ts'
import { keys, type QuotaRecord, type UsagePlanRecord } from '../records.ts'
import { apiKeyIdsOf } from './plan-members.ts'
import { daysToRead, usageOfDays, type DayRange } from './usage-of-days.ts'
import { getUsagePlan } from './usage-plan-records.ts'
import { usagePlanRefusals } from './usage-plan-refusals.ts'

/** The operations on what keys have used. Days are of the stages' clock, UTC. */
export const usage = {
  /**
   * A page is some of the plan's keys. A plan without a quota counts nothing, so it has nothing to tell.
   * Refuses in this order: dates, plan, key.
   */
  async GetUsage(request, { scope, store, stageClock, quotaLedger }) {
    const { usagePlanId, startDate, endDate } = request
    const range = rangeOf(request)
    const { plan, members } = await transact(store, async (tx) => {
      const found = await getUsagePlan(tx, scope, usagePlanId)
      return {
        plan: found,
        members: await membersOf(tx, scope, { plan: found, keyId: request.keyId }),
      }
    })
    const { quota } = plan
    const counted = quota === undefined ? [] : members
    const page = pageOf(counted, { name: 'usage', orderOf: ({ id }) => id }, request)
    const today = dayOf(stageClock.nowMs())
    const reader = { scope, plan, quotaLedger, today }
    const entries = await Promise.all(
      page.items.map(async ({ id, keyDay }) => {
        const days = quota === undefined ? [] : await read(reader, { id, keyDay, quota, range })
        return [id, days] as const
      }),
    )
    const { items: _, ...position } = page
    return {
      usagePlanId: plan.id,
      startDate,
      endDate,
      items: Object.fromEntries(entries),
      ...position,
    }
  },

  /**
   * Sets how many more requests pass in the period that today is in; they may be more than the limit.
   * Answers with today's usage. Refuses in this order: operations, plan, key, no quota.
   *
   * Documented: https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsage.html
   */
  async UpdateUsage({ usagePlanId, keyId, patchOperations = [] }, context) {
    const { scope, store, stageClock, quotaLedger } = context
    const { remaining } = await applyPatchOperations(
      usagePatchTable,
      {},
      patchOperations,
      undefined,
    )
    const { plan, member } = await transact(store, async (tx) => {
      const found = await getUsagePlan(tx, scope, usagePlanId)
      const [first] = await membersOf(tx, scope, { plan: found, keyId })
      return { plan: found, member: first }
    })
    const { quota } = plan
    if (member === undefined) throw usagePlanRefusals.usageKeyNotFound()
    if (quota === undefined) throw usagePlanRefusals.noQuota(plan.id)
    const today = dayOf(stageClock.nowMs())
    if (remaining !== undefined) {
      const key = quotaKeyOf({ ...scope, id: plan.id }, member.id)
      const counter = { key, day: today, ...allowanceOn(today, quota, member) }
      await quotaLedger.setRemaining(counter, remaining)
    }
    const reader = { scope, plan, quotaLedger, today }
    const range = { firstDay: today, lastDay: today }
    const days = await read(reader, { ...member, quota, range })
    return { usagePlanId: plan.id, startDate: today, endDate: today, items: { [member.id]: days } }
  },
} satisfies Partial<Handlers<ApiGatewayContext, ApiGatewayOperations>>

interface UsagePatch {
  readonly remaining?: number
}

/** Observed: https://github.com/boto/boto3/issues/2504 (what else there is to add: nothing) */
const usagePatchTable: PatchTable<UsagePatch, undefined> = {
  rows: [
    patchRow({
      path: '/remaining',
      ops: ['replace'],
      type: integerValue({
        example: '10',
        accepts: (remaining) => remaining >= 0 && Number.isSafeInteger(remaining),
        refusal: usagePlanRefusals.remaining,
      }),
      set(draft, remaining) {
        draft.remaining = remaining
      },
    }),
  ],
  refuse(operation) {
    const paths = operation.op === 'replace' ? ['/remaining'] : []
    if (!['add', 'remove', 'replace'].includes(operation.op)) {
      throw patchRefusals.quotedOperation(operation)
    }
    throw usagePlanRefusals.patchPath(operation, paths)
  },
}

/** @throws {ServiceError} BadRequestException. */
function rangeOf({ startDate, endDate }: GetUsageRequest): DayRange {
  if (!isDay(startDate)) throw usagePlanRefusals.usageDate('startDate')
  if (!isDay(endDate)) throw usagePlanRefusals.usageDate('endDate')
  if (startDate > endDate) throw usagePlanRefusals.usageOrder()
  if (daysBetween(startDate, endDate) >= usageDaysMax) {
    throw usagePlanRefusals.usageRange(usageDaysMax)
  }
  return { firstDay: startDate, lastDay: endDate }
}

/** A key of a plan, and the day on which it came. */
interface Member {
  readonly id: string
  readonly keyDay: string
}

/** All keys of the plan, or the one that is named. */
async function membersOf(
  tx: Transaction,
  scope: Scope,
  { plan, keyId }: { readonly plan: UsagePlanRecord; readonly keyId: string | undefined },
): Promise<readonly Member[]> {
  const ids = keyId ? [keyId] : await apiKeyIdsOf(tx, scope, plan.id)
  const members: Member[] = []
  for (const id of ids) {
    const keyDay = (await findRecord(tx, keys.apiKey(scope, id)))?.usagePlans[plan.id]
    if (keyDay !== undefined) members.push({ id, keyDay })
  }
  if (keyId && members.length === 0) throw usagePlanRefusals.usageKeyNotFound()
  return members
}

async function read(
  {
    scope,
    plan,
    quotaLedger,
    today,
  }: {
    readonly scope: Scope
    readonly plan: UsagePlanRecord
    readonly quotaLedger: QuotaLedger
    readonly today: string
  },
  { id, keyDay, quota, range }: Member & { readonly quota: QuotaRecord; readonly range: DayRange },
): Promise<readonly (readonly number[])[]> {
  const key = quotaKeyOf({ ...scope, id: plan.id }, id)
  const noted = await quotaLedger.usage(key, daysToRead(quota, range))
  return usageOfDays(noted, { quota, keyDay, today }, range)
}
