/**
 * The part of the metadata API (`Reflect.defineMetadata`, `getMetadata` …) that tsyringe, on which @peculiar/x509 stands,
 * asks for when it is loaded. To be imported before it. An implementation that is already there is left alone.
 */
type Metadata = Map<PropertyKey, unknown>;

const store = new WeakMap<object, Metadata>();

const define = (key: PropertyKey, value: unknown, target: object): void => {
  const metadata: Metadata = store.get(target) ?? new Map<PropertyKey, unknown>();
  store.set(target, metadata.set(key, value));
};

const getOwn = (key: PropertyKey, target: object): unknown => store.get(target)?.get(key);

function get(key: PropertyKey, target: object): unknown {
  for (let each: object | null = target; each !== null; each = Object.getPrototypeOf(each) as object | null) {
    if (store.get(each)?.has(key)) return getOwn(key, each);
  }
  return undefined;
}

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, {
    defineMetadata: define,
    getOwnMetadata: getOwn,
    getMetadata: get,
    hasOwnMetadata: (key: PropertyKey, target: object) => store.get(target)?.has(key) ?? false,
    metadata: (key: PropertyKey, value: unknown) => (target: object) => define(key, value, target),
  });
}
