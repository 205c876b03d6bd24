import type { LambdaPolicyStatement } from '../../snapshot/lambda-policy.ts'

/**
 * A statement as AWS writes it, member for member, for the resource that it is about.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
 * Observed: lambda/add-permission-* (the order of the members); Chosen: the order within StringEquals.
 */
export function statementText(statement: LambdaPolicyStatement, resourceArn: string): string {
  return JSON.stringify(statementDocument(statement, resourceArn))
}

/**
 * A whole policy as GetPolicy answers it.
 *
 * Observed: lambda/get-policy
 */
export function policyText(
  statements: readonly LambdaPolicyStatement[],
  resourceArn: string,
): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Id: 'default',
    Statement: statements.map((statement) => statementDocument(statement, resourceArn)),
  })
}

function statementDocument(statement: LambdaPolicyStatement, resourceArn: string): object {
  const conditions = conditionsOf(statement)
  return {
    Sid: statement.sid,
    Effect: 'Allow',
    Principal: principalOf(statement.principal),
    Action: statement.action,
    Resource: resourceArn,
    ...(Object.keys(conditions).length === 0 ? {} : { Condition: conditions }),
  }
}

function principalOf(principal: LambdaPolicyStatement['principal']): object | string {
  switch (principal.kind) {
    case 'service':
      return { Service: principal.service }
    case 'aws':
      return { AWS: principal.arn }
    case 'anyone':
      return '*'
  }
}

function conditionsOf(statement: LambdaPolicyStatement): object {
  const { sourceArn, sourceAccount, eventSourceToken, principalOrgId } = statement
  const { functionUrlAuthType, invokedViaFunctionUrl } = statement
  const equals = {
    ...(sourceAccount === undefined ? {} : { 'AWS:SourceAccount': sourceAccount }),
    ...(eventSourceToken === undefined ? {} : { 'lambda:EventSourceToken': eventSourceToken }),
    ...(principalOrgId === undefined ? {} : { 'aws:PrincipalOrgID': principalOrgId }),
    ...(functionUrlAuthType === undefined
      ? {}
      : { 'lambda:FunctionUrlAuthType': functionUrlAuthType }),
  }
  return {
    ...(Object.keys(equals).length === 0 ? {} : { StringEquals: equals }),
    ...(sourceArn === undefined ? {} : { ArnLike: { 'AWS:SourceArn': sourceArn } }),
    ...(invokedViaFunctionUrl === undefined
      ? {}
      : { Bool: { 'lambda:InvokedViaFunctionUrl': String(invokedViaFunctionUrl) } }),
  }
}
