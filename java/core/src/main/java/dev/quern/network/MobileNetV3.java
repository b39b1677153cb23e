package dev.quern.network;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.Relu;
import dev.quern.tensor.Shape;

/**
 * MobileNetV3: inverted residual blocks whose widths, kernels and activations were found by a
 * search. Howard et al., "Searching for MobileNetV3", 2019.
 */
final class MobileNetV3 {
  private static final float DROPOUT = 0.2f;

  private final TorchvisionBlocks b;

  private MobileNetV3(String name, Shape input) {
    b = new TorchvisionBlocks(name, input, new BatchNorm2d(0.01f, 1e-3f));
  }

  /**
   * A block: one row of the paper's tables.
   *
   * @param kernel kernel size of the depthwise convolution
   * @param expanded number of channels between the 1x1 convolutions
   * @param width number of output channels
   * @param squeeze whether the block has squeeze-and-excitation
   * @param hard whether activations are hard swish; otherwise ReLU
   */
  private record Row(
      int kernel, int expanded, int width, boolean squeeze, boolean hard, int stride) {}

  static Network small(Shape input, int classes) {
    Row[] rows = {
      new Row(3, 16, 16, true, false, 2),
      new Row(3, 72, 24, false, false, 2),
      new Row(3, 88, 24, false, false, 1),
      new Row(5, 96, 40, true, true, 2),
      new Row(5, 240, 40, true, true, 1),
      new Row(5, 240, 40, true, true, 1),
      new Row(5, 120, 48, true, true, 1),
      new Row(5, 144, 48, true, true, 1),
      new Row(5, 288, 96, true, true, 2),
      new Row(5, 576, 96, true, true, 1),
      new Row(5, 576, 96, true, true, 1)
    };
    return new MobileNetV3("mobilenet_v3_small", input).network(rows, 1024, classes);
  }

  static Network large(Shape input, int classes) {
    Row[] rows = {
      new Row(3, 16, 16, false, false, 1),
      new Row(3, 64, 24, false, false, 2),
      new Row(3, 72, 24, false, false, 1),
      new Row(5, 72, 40, true, false, 2),
      new Row(5, 120, 40, true, false, 1),
      new Row(5, 120, 40, true, false, 1),
      new Row(3, 240, 80, false, true, 2),
      new Row(3, 200, 80, false, true, 1),
      new Row(3, 184, 80, false, true, 1),
      new Row(3, 184, 80, false, true, 1),
      new Row(3, 480, 112, true, true, 1),
      new Row(3, 672, 112, true, true, 1),
      new Row(5, 672, 160, true, true, 2),
      new Row(5, 960, 160, true, true, 1),
      new Row(5, 960, 160, true, true, 1)
    };
    return new MobileNetV3("mobilenet_v3_large", input).network(rows, 1280, classes);
  }

  /**
   * @param hidden width of the classifier's hidden layer
   */
  private Network network(Row[] rows, int hidden, int classes) {
    b.convNorm("features.0", 16, 3, 2, new Hardswish());
    for (int i = 0; i < rows.length; i++) {
      block("features." + (i + 1), rows[i]);
    }
    b.convNorm("features." + (rows.length + 1), 6 * b.channels(), 1, 1, new Hardswish());
    b.pooled().then("classifier.0", new Linear(hidden)).then("classifier.1", new Hardswish());
    b.then("classifier.2", new Dropout(DROPOUT)).then("classifier.3", new Linear(classes));
    return b.net.build();
  }

  private void block(String name, Row row) {
    String from = b.net.last();
    int before = b.channels();
    Layer activation = row.hard ? new Hardswish() : new Relu();
    int at = 0;
    if (row.expanded != before) {
      b.convNorm(name + ".block." + at++, row.expanded, 1, 1, activation);
    }
    b.depthwise(name + ".block." + at++, row.kernel, row.stride, activation);
    if (row.squeeze) {
      b.squeezeAndExcitation(
          name + ".block." + at++, squeezed(row.expanded), new Relu(), new Hardsigmoid());
    }
    String project = name + ".block." + at;
    b.conv(project + ".0", row.width, 1, 1).norm(project + ".1");
    if (row.stride == 1 && before == row.width) {
      b.add(name + ".add", from);
    }
  }

  /** Returns a quarter, rounded to a multiple of 8 but reduced by no more than a tenth. */
  private static int squeezed(int channels) {
    int quarter = channels / 4;
    int rounded = Math.max(8, (quarter + 4) / 8 * 8);
    return rounded < 0.9 * quarter ? rounded + 8 : rounded;
  }
}
