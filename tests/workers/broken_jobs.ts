throw new RangeError("this module does not load");

export function work(): void {}
