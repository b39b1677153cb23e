package dev.quern.notebook.numpy;

import dev.quern.reference.NdArray;

/**
 * The notebook's {@code backprop}: what it takes for gradients. They are sums over the batch, not
 * means, and differ from derivatives in these ways:
 *
 * <ul>
 *   <li>W4's gradient multiplies by the derivative of the ReLU before it, not by its value;
 *   <li>{@code 1 - x^2}, tanh's derivative, stands where ReLU's belongs, and again behind the
 *       flattened input, where no factor belongs;
 *   <li>no ReLU derivative follows either convolution;
 *   <li>pooling and convolution have the traits that {@link NotebookPooling}, {@link
 *       NotebookConvolution} and {@link Vectorize} describe.
 * </ul>
 *
 * @param conv2Activated the gradient of the second pooling's input, {@code [N, 1, 12, 12]}
 * @param pool1 the gradient of the first pooling's output, {@code [N, 1, 14, 14]}
 * @param conv1Activated the gradient of the first pooling's input, {@code [N, 1, 28, 28]}
 */
record NotebookGradients(
    NdArray w4,
    NdArray b4,
    NdArray w3,
    NdArray b3,
    NdArray conv2Activated,
    NdArray pool1,
    NdArray k2,
    NdArray conv1Activated,
    NdArray k1) {

  static NotebookGradients of(
      NotebookForward forward, NdArray probabilities, int[] labels, NotebookParameters p) {
    NdArray flat = forward.flat();
    NdArray fc = forward.fcActivated();

    NdArray delta4 = subtractOneHot(probabilities, labels);
    NdArray delta3 = Matrices.dotTransposed(delta4, p.w4());
    timesOneMinusSquare(delta3, fc);
    NdArray delta2 = Matrices.dotTransposed(delta3, p.w3());
    timesOneMinusSquare(delta2, forward.pool2());
    delta2 = delta2.reshape(forward.pool2().shape());

    NdArray conv2 = NotebookForward.POOL2.backward(forward.conv2Activated(), delta2);
    NotebookConvolution convolution2 = NotebookForward.convolution2(p);
    NdArray pool1 = convolution2.backwardData(forward.pool1(), conv2);
    NdArray conv1 = NotebookForward.POOL1.backward(forward.conv1Activated(), pool1);
    return new NotebookGradients(
        Matrices.transposedDot(reluDerivative(fc), delta4),
        Matrices.sumRows(delta4),
        Matrices.transposedDot(flat, delta3),
        Matrices.sumRows(delta3),
        conv2,
        pool1,
        convolution2.backwardKernel(forward.pool1(), conv2),
        conv1,
        NotebookForward.convolution1(p).backwardKernel(forward.images(), conv1));
  }

  private static NdArray subtractOneHot(NdArray probabilities, int[] labels) {
    NdArray delta = probabilities.copy();
    for (int n = 0; n < labels.length; n++) {
      delta.add(n * delta.dim(1) + labels[n], -1);
    }
    return delta;
  }

  private static NdArray reluDerivative(NdArray array) {
    NdArray derivative = new NdArray(array.shape());
    for (int i = 0; i < array.size(); i++) {
      derivative.set(i, array.get(i) > 0 ? 1 : 0);
    }
    return derivative;
  }

  /** {@code delta * (1 - np.power(x, 2))} for doubles, in place. */
  private static void timesOneMinusSquare(NdArray delta, NdArray x) {
    for (int i = 0; i < delta.size(); i++) {
      delta.set(i, delta.get(i) * (1 - x.get(i) * x.get(i)));
    }
  }

  /**
   * {@code delta * (1 - np.power(x, 2))} for int64, in place: the square and the difference wrap.
   */
  private static void timesOneMinusSquare(NdArray delta, IntegerImages x) {
    for (int i = 0; i < delta.size(); i++) {
      delta.set(i, delta.get(i) * (1 - x.get(i) * x.get(i)));
    }
  }
}
