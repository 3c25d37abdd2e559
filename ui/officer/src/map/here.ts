// Where the officer is, as far as the phone can tell: the place of the draft in hand until a satellite fix is asked for.
// Never asked for by itself: on a desktop the question would stand in front of the map.

import type { PlaceView } from "@xunge/shared/bindings/PlaceView";
import type { Point } from "@xunge/shared/map/plane";
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";
import { useDraft } from "../stores/draft";

export interface Here {
  at: Point;
  accuracyM: number | null;
}

const PATIENCE_MS = 10_000;

export const useHere = defineStore("here", () => {
  const draft = useDraft();
  const fix = shallowRef<Here | null>(null);
  const refused = ref(false);
  let watching: number | undefined;

  const here = computed<Here | null>(() => fix.value ?? ofPlace(draft.view?.place ?? null));

  /** Follows the phone from now on; answers once there is a place, or none to be had. */
  function follow(): Promise<void> {
    refused.value = false;
    return new Promise((done) => {
      if (watching !== undefined) return done();
      watching = navigator.geolocation?.watchPosition(
        ({ coords }) => {
          fix.value = { at: { lat: coords.latitude, lon: coords.longitude }, accuracyM: coords.accuracy };
          done();
        },
        () => {
          rest();
          refused.value = fix.value === null;
          done();
        },
        { enableHighAccuracy: true, timeout: PATIENCE_MS },
      );
      if (watching === undefined) {
        refused.value = true;
        done();
      }
    });
  }

  /** Ends following, for the battery. */
  function rest(): void {
    if (watching !== undefined) navigator.geolocation.clearWatch(watching);
    watching = undefined;
  }

  return { here, refused, follow, rest };
});

function ofPlace(place: PlaceView | null): Here | null {
  if (!place) return null;
  const accuracyM = place.accuracy_mm === null ? null : place.accuracy_mm / 1000;
  return { at: { lat: place.lat_e7 / 1e7, lon: place.lon_e7 / 1e7 }, accuracyM };
}
