package dev.quern.bench.random;

import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.Map;

/** One kind of network; what varies within it is drawn. */
@FunctionalInterface
interface Family {
  Network draw(String name, Draw draw);

  /** All families by name, in the order of the table. */
  static Map<String, Family> all() {
    Map<String, Family> all = new LinkedHashMap<>();
    all.put("small", PlainFamilies::small);
    all.put("plain", PlainFamilies::plain);
    all.put("odd", PlainFamilies::odd);
    all.put("large", PlainFamilies::large);
    all.put("oblong", SignalFamilies::oblong);
    all.put("signal", SignalFamilies::signal);
    all.put("residual", ResidualFamilies::residual);
    all.put("bottleneck", ResidualFamilies::bottleneck);
    all.put("grouped", ResidualFamilies::grouped);
    all.put("dilated", ResidualFamilies::dilated);
    all.put("separable", DepthwiseFamilies::separable);
    all.put("squeeze", DepthwiseFamilies::squeeze);
    all.put("convnext", DepthwiseFamilies::convnext);
    all.put("branches", ConcatFamilies::branches);
    all.put("dense", ConcatFamilies::dense);
    all.put("unet", ConcatFamilies::unet);
    return all;
  }

  /** The network of a family and a seed. */
  static Network network(String family, int seed) {
    Family known = all().get(family);
    if (known == null) {
      throw new IllegalArgumentException(family + " is not one of " + all().keySet());
    }
    return known.draw(family + "-" + seed, new Draw(family, seed));
  }

  /** A square image of three channels. */
  static Shape rgb(int side) {
    return Shape.of(3, side, side);
  }
}
