/**
 * The words of a name in lower case, however they are joined: `requestId`, `request-id`, `request.id` and `REQUEST_ID` are
 * `['request', 'id']`, and `HTTPStatus` is `['http', 'status']`.
 */
export function words(name: string): string[] {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}
