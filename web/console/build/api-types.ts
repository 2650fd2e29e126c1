// TypeScript types out of the staff API's OpenAPI description: as much of OpenAPI as that description uses, and an
// error for anything else. (openapi-typescript does it all, but needs another version of TypeScript.)

interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: string[];
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  oneOf?: Schema[];
}
interface Content {
  content?: Record<string, { schema?: Schema }>;
}
interface Operation {
  requestBody?: Content;
  responses: Record<string, Content>;
}
export interface Description {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

/** The text of src/lib/api-types.ts. */
export function apiTypes(description: Description): string {
  const schemas = Object.entries(description.components.schemas).sort(byName).map(([name, schema]) => declared(name, schema));
  const operations = Object.entries(description.paths)
    .sort(byName)
    .flatMap(([path, methods]) => Object.entries(methods).sort(byName).map(([method, operation]) => signature(path, method, operation)));
  return [
    '// Made from the staff API’s description by `npm test -- -u`; a test fails while it differs. Do not edit.\n',
    ...schemas,
    `/** Each endpoint: what it takes and what it answers. */\nexport interface Operations {\n${operations.join('')}}\n`,
  ].join('\n');
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

function declared(name: string, schema: Schema): string {
  if (schema.properties === undefined) return `${comment(schema, '')}export type ${name} = ${type(schema)};\n`;
  const properties = Object.entries(schema.properties).map(([property, value]) => {
    const optional = schema.required?.includes(property) ? '' : '?';
    return `${comment(value, '  ')}  ${property}${optional}: ${type(value)};\n`;
  });
  return `${comment(schema, '')}export interface ${name} {\n${properties.join('')}}\n`;
}

function signature(path: string, method: string, operation: Operation): string {
  const body = json(operation.requestBody);
  const success = Object.entries(operation.responses).find(([status]) => status.startsWith('2'));
  const answer = json(success?.[1]);
  return `  '${method.toUpperCase()} ${path}': { body: ${body ?? 'undefined'}; answer: ${answer ?? 'undefined'} };\n`;
}

function json(content: Content | undefined): string | undefined {
  const schema = content?.content?.['application/json']?.schema;
  return schema && type(schema);
}

function type(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/components/schemas/', '');
  if (schema.enum !== undefined) return schema.enum.map((value) => `'${value}'`).join(' | ');
  if (schema.oneOf !== undefined) return schema.oneOf.map(type).join(' | ');
  if (Array.isArray(schema.type)) return schema.type.map((one) => type({ ...schema, type: one })).join(' | ');
  switch (schema.type) {
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type;
    case 'integer':
    case 'number':
      return 'number';
    case 'array':
      return `${type(schema.items ?? {})}[]`;
    default:
      throw new Error(`the generator does not know ${JSON.stringify(schema)}`);
  }
}

function comment(schema: Schema, indent: string): string {
  return schema.description === undefined ? '' : `${indent}/** ${schema.description.replaceAll('\n', ' ')} */\n`;
}
