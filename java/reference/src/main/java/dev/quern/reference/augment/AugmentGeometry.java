package dev.quern.reference.augment;

import dev.quern.reference.augment.AugmentPicture.Step;

/** Augmentation steps that move or erase pixels. */
final class AugmentGeometry {
  private AugmentGeometry() {}

  static void move(AugmentPicture p, Step s) {
    int how = s.whole(3);
    AugmentPicture from = p.copy();
    p.map(
        (c, i, v) -> {
          int y = i / p.width;
          int x = i % p.width;
          long sy = ((how & 4) != 0 ? p.height - 1 - y : y) + (long) s.whole(1);
          long sx = ((how & 1) != 0 ? p.width - 1 - x : x) + (long) s.whole(2);
          if ((how & 2) != 0) {
            sy = AugmentPicture.reflected(sy, p.height);
            sx = AugmentPicture.reflected(sx, p.width);
          }
          boolean inside = sy >= 0 && sy < p.height && sx >= 0 && sx < p.width;
          return inside ? from.get(c, (int) (sy * p.width + sx)) : 0;
        });
  }

  static void warp(AugmentPicture p, Step s) {
    double middleX = (p.width - 1) / 2.0;
    double middleY = (p.height - 1) / 2.0;
    double[] old = p.values;
    p.map(
        (c, i, v) -> {
          double x = i % p.width - middleX;
          double y = i / p.width - middleY;
          double z = s.number(7) * x + s.number(8) * y + s.number(9);
          double sx = (s.number(1) * x + s.number(2) * y + s.number(3)) / z + middleX;
          double sy = (s.number(4) * x + s.number(5) * y + s.number(6)) / z + middleY;
          if (s.whole(14) != 0) {
            sx = Math.min(Math.max(sx, s.whole(10)), s.whole(12));
            sy = Math.min(Math.max(sy, s.whole(11)), s.whole(13));
          }
          double sum = 0;
          for (int k = 0; k < 4; k++) {
            double tx = Math.floor(sx) + k % 2;
            double ty = Math.floor(sy) + k / 2;
            double weight = (1 - Math.abs(sx - tx)) * (1 - Math.abs(sy - ty));
            boolean inside =
                tx >= Math.max(s.whole(10), 0)
                    && tx <= Math.min(s.whole(12), p.width - 1)
                    && ty >= Math.max(s.whole(11), 0)
                    && ty <= Math.min(s.whole(13), p.height - 1);
            int at = inside ? (c * p.height + (int) ty) * p.width + (int) tx : 0;
            sum += weight == 0 ? 0 : weight * (inside ? old[at] : s.number(15));
          }
          return sum;
        });
  }

  static void erase(AugmentPicture p, Step s, double[] mean, double[] std) {
    double[] noise = AugmentFilters.normal(s.key(7), s.whole(5) == 2 ? p.values.length : 0);
    p.map(
        (c, i, v) -> {
          long y = i / p.width - (long) s.whole(1);
          long x = i % p.width - (long) s.whole(2);
          if (y < 0 || y >= s.whole(3) || x < 0 || x >= s.whole(4)) {
            return v;
          }
          return switch (s.whole(5)) {
            case 0 -> s.number(6);
            case 1 -> mean[c];
            default -> mean[c] + std[c] * noise[c * p.plane() + i];
          };
        });
  }
}
