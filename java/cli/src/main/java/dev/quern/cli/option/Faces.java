package dev.quern.cli.option;

import dev.quern.detect.BlazeFace;
import dev.quern.detect.BoxDecoder;
import dev.quern.detect.Scrfd;
import dev.quern.detect.YuNet;
import dev.quern.error.InvalidArgumentException;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.Comparator;
import java.util.List;

/** The face detectors of {@code --faces}. */
enum Faces {
  BLAZEFACE {
    @Override
    BoxDecoder decoder(Network network) {
      List<String> scores = columns(network, 1);
      List<String> boxes = columns(network, 16);
      Shape input = network.input();
      long side = input.rank() == 3 && input.dim(1) == input.dim(2) ? input.dim(1) : 0;
      if (side == 128) {
        return BlazeFace.shortRange(scores, boxes);
      }
      if (side == 192) {
        return BlazeFace.fullRange(scores, boxes);
      }
      if (side == 256) {
        return BlazeFace.back(scores, boxes);
      }
      throw new InvalidArgumentException(
          "blazeface: input "
              + input
              + " must be 3x128x128 (short range), 3x192x192 (full range) or 3x256x256 (back)");
    }
  },

  YUNET {
    @Override
    BoxDecoder decoder(Network network) {
      return new YuNet();
    }
  },

  SCRFD {
    @Override
    BoxDecoder decoder(Network network) {
      return Scrfd.of(network.outputs());
    }
  };

  /**
   * Returns the decoder of the network's outputs.
   *
   * @throws InvalidArgumentException if the network's input or outputs are not those of this
   *     detector
   */
  abstract BoxDecoder decoder(Network network);

  /**
   * Returns the outputs with this many columns. An output for each grid is usual in converted
   * models; the finer grid, which has more rows, contains the first anchors.
   */
  private static List<String> columns(Network network, int columns) {
    Comparator<String> byRows = Comparator.comparingLong(o -> -shape(network, o).elements());
    return network.outputs().stream()
        .filter(o -> last(shape(network, o)) == columns)
        .sorted(byRows)
        .toList();
  }

  private static long last(Shape shape) {
    return shape.rank() == 0 ? 0 : shape.dim(shape.rank() - 1);
  }

  private static Shape shape(Network network, String output) {
    return network.shapes().getOrDefault(output, Shape.of());
  }
}
