package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.layer.Layer;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Random;

/** Maps in double precision, computed independently, and images and models for tests. */
final class SlowMaps {
  private SlowMaps() {}

  /** PyTorch's interpolate, bilinear with align_corners=False, of a map to another size. */
  static double[][] resized(double[][] map, int height, int width) {
    double[][] to = new double[height][width];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        double sum = 0;
        for (int i = 0; i < map.length; i++) {
          for (int j = 0; j < map[0].length; j++) {
            sum += map[i][j] * hat(y, height, i, map.length) * hat(x, width, j, map[0].length);
          }
        }
        to[y][x] = sum;
      }
    }
    return to;
  }

  /** The weight of the input pixel {@code at} of {@code size} for the output pixel {@code of}. */
  private static double hat(int of, int outputs, int at, int size) {
    double center = (of + 0.5) * size / outputs - 0.5;
    double inside = Math.max(0, Math.min(size - 1.0, center));
    return Math.max(0, 1 - Math.abs(inside - at));
  }

  static double[][] minMax(double[][] map) {
    double min = Arrays.stream(map).flatMapToDouble(Arrays::stream).min().orElseThrow();
    double max = Arrays.stream(map).flatMapToDouble(Arrays::stream).max().orElseThrow();
    return Arrays.stream(map)
        .map(row -> Arrays.stream(row).map(v -> (v - min) / (max - min)).toArray())
        .toArray(double[][]::new);
  }

  /** The pixels of a gray image, from 0 to 1. */
  static double[][] pixels(Image image) {
    double[][] all = new double[image.height()][image.width()];
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        all[y][x] = image.get(0, y, x) / 255.0;
      }
    }
    return all;
  }

  static double[][] part(double[][] map, int top, int bottom, int left, int right) {
    return Arrays.stream(map, top, bottom)
        .map(row -> Arrays.copyOfRange(row, left, right))
        .toArray(double[][]::new);
  }

  static Image noise(int channels, int height, int width) {
    byte[] pixels = new byte[channels * height * width];
    new Random(31L * height + width).nextBytes(pixels);
    return Image.of(Shape.of(channels, height, width), pixels);
  }

  /** A model of layers without weights, whose pixels are from 0 to 1. */
  static ModelData data(Shape input, Layer... layers) {
    return ModelData.untrained(Network.of("map", input, layers), 1)
        .withPreprocessing(Preprocessing.of(Normalization.unit(input)));
  }

  static Model model(Shape input, Layer... layers) {
    return Model.of(data(input, layers));
  }
}
