// A place as the browser gives it (W3C Geolocation, 95 % circle) as the host takes it (68 % circle, whole millimetres).

import type { HereReport } from "@xunge/shared/platform/commands/draft";

/** The radius of the 68 % circle of a normal distribution in the plane, in that of the 95 % circle. */
const TO_68 = Math.sqrt(Math.log(1 / 0.32) / Math.log(1 / 0.05));

export function reportOf({ coords }: Pick<GeolocationPosition, "coords">): HereReport {
  const { latitude, longitude, accuracy } = coords;
  const isStated = Number.isFinite(accuracy) && accuracy > 0;
  return {
    lat_e7: Math.round(latitude * 1e7),
    lon_e7: Math.round(longitude * 1e7),
    accuracy_mm: isStated ? Math.round(accuracy * TO_68 * 1000) : null,
    provider: isStated && accuracy <= 100 ? "gnss" : "network",
    is_mock: null,
  };
}
