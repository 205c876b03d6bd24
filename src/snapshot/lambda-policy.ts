/**
 * A statement of a function's resource policy, as AddPermission makes it. Lambda's policies have this one
 * form; general IAM policies are another matter.
 *
 * Documented: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export interface LambdaPolicyStatement {
  readonly sid: string
  /** `lambda:InvokeFunction`, `lambda:*` … */
  readonly action: string
  /** A service (`apigateway.amazonaws.com`), an account, the ARN of a principal, or `*`. */
  readonly principal:
    | { readonly kind: 'service'; readonly service: string }
    | { readonly kind: 'aws'; readonly arn: string }
    | { readonly kind: 'anyone' }
  /** Pattern of ArnLike. Absent: any source. */
  readonly sourceArn?: string
  readonly sourceAccount?: string
  readonly principalOrgId?: string
  readonly functionUrlAuthType?: string
  readonly invokedViaFunctionUrl?: boolean
  readonly eventSourceToken?: string
}
