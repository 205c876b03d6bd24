/** How a schema names another model of the same API. */
const form = /^https:\/\/apigateway\.amazonaws\.com\/restapis\/([^/]+)\/models\/([a-zA-Z0-9]+)$/

/**
 * The name of the model of this API that a reference means. Undefined: it means nothing of this API.
 *
 * Documented: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 */
export function modelNameOf(reference: string, restApiId: string): string | undefined {
  const [, api, name] = form.exec(reference) ?? []
  return api === restApiId ? name : undefined
}

/** A schema's text with what it names in one API named in another instead: for a clone. */
export function withReferencesTo(
  schema: string,
  { from, to }: { readonly from: string; readonly to: string },
): string {
  const prefix = (id: string) => `"https://apigateway.amazonaws.com/restapis/${id}/models/`
  return schema.replaceAll(prefix(from), prefix(to))
}
