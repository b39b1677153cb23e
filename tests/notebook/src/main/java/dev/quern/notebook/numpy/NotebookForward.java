package dev.quern.notebook.numpy;

import dev.quern.notebook.numpy.IntegerImages.Int64s;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;

/**
 * The notebook's {@code model}: everything that its forward pass computes. Up to the flattened
 * input all is int64.
 *
 * @param conv1Activated {@code [N, 1, 28, 28]}
 * @param pool1 {@code [N, 1, 14, 14]}
 * @param conv2Activated {@code [N, 1, 12, 12]}
 * @param pool2 {@code [N, 1, 11, 11]}
 * @param fcActivated {@code [N, 64]}
 * @param logits {@code [N, 10]}, the notebook's {@code y_pred}
 */
record NotebookForward(
    IntegerImages images,
    Int64s conv1Activated,
    Int64s pool1,
    Int64s conv2Activated,
    Int64s pool2,
    NdArray fcActivated,
    NdArray logits) {
  static final NotebookPooling POOL1 = new NotebookPooling(2, 2);
  static final NotebookPooling POOL2 = new NotebookPooling(2, 1);

  static NotebookForward of(IntegerImages images, NotebookParameters p) {
    Int64s conv1 = relu(convolution1(p).forward(images));
    Int64s pool1 = POOL1.forward(conv1);
    Int64s conv2 = relu(convolution2(p).forward(pool1));
    Int64s pool2 = POOL2.forward(conv2);
    NdArray fc = relu(Matrices.dotPlus(flatten(pool2), p.w3(), p.b3()));
    NdArray logits = Matrices.dotPlus(fc, p.w4(), p.b4());
    return new NotebookForward(images, conv1, pool1, conv2, pool2, fc, logits);
  }

  static NotebookConvolution convolution1(NotebookParameters p) {
    return new NotebookConvolution(
        p.k1(), NotebookParameters.IMAGE_CHANNELS, NotebookParameters.K1_SIZE);
  }

  static NotebookConvolution convolution2(NotebookParameters p) {
    return new NotebookConvolution(p.k2(), 1, NotebookParameters.K2_SIZE);
  }

  int batch() {
    return images.count();
  }

  /**
   * The second pooling's output as rows {@code [N, 121]}, converted to double as {@code np.dot}
   * does.
   */
  NdArray flat() {
    return flatten(pool2);
  }

  private static NdArray flatten(Int64s images) {
    int features = images.channels() * images.height() * images.width();
    return images.toNdArray().reshape(Shape.of(images.count(), features));
  }

  private static Int64s relu(Int64s images) {
    long[] values = images.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0);
    }
    return images;
  }

  private static NdArray relu(NdArray array) {
    double[] values = array.values();
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(values[i], 0); // NaN stays NaN, as in np.maximum
    }
    return array;
  }
}
