/**
 * Splits a name into its words, in lower case: `requestId`, `request-id`, `request.id` and `REQUEST_ID` become
 * `['request', 'id']`, and `HTTPStatus` becomes `['http', 'status']`.
 */
export function words(name: string): string[] {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
