package dev.quern.notebook.numpy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.reference.metric.MetricsReference;

/**
 * The notebook's network and training, as written: convolution 5x5, ReLU, max-pool 2 with stride 2,
 * convolution 3x3, ReLU, max-pool 2 with stride 1, fully connected 64, ReLU, fully connected 10,
 * softmax; one step a batch with learning rate 0.001. What a right implementation would not do:
 *
 * <ul>
 *   <li>both kernels are int64: products wrap modulo 2^64, and an updated value out of range
 *       becomes -2^63;
 *   <li>{@code np.vectorize} evaluates image 0, window (0, 0) twice in every backward convolution
 *       and pooling;
 *   <li>every tied maximum of a pooling window gets the whole gradient, the others 0 times the
 *       gradient;
 *   <li>pooling takes the maximum over all channels at once, and a convolution's input gradient
 *       uses the kernel of the first channel for all of them;
 *   <li>gradients are sums over the batch, no ReLU derivative follows a convolution, {@code 1 -
 *       x^2} stands for ReLU's derivative and again behind the flattened input, and W4's gradient
 *       has ReLU's derivative for its value;
 *   <li>pixels are not scaled, weights start standard normal, and the blur kernel is never divided
 *       by 256;
 *   <li>the loss is {@code -log(p + 1e-4)}.
 * </ul>
 *
 * After the first step on CIFAR-10 both kernels are -2^63 throughout and the convolutions give
 * zeros; the run ends by predicting one class for everything.
 *
 * <p>Results are the same for any number of threads. The model itself is not thread-safe. A step on
 * 10,000 images needs about 250 MB of heap.
 */
public final class NotebookModel {
  /** The notebook's eta. */
  public static final double LEARNING_RATE = 0.001;

  private static final int CHANNELS = NotebookParameters.IMAGE_CHANNELS;
  private static final int SIDE = 32;
  private static final int CLASSES = 10;

  private NotebookParameters parameters;

  /** A model that starts from these parameters. */
  public NotebookModel(NotebookParameters parameters) {
    this.parameters = parameters;
  }

  /** A model that starts from {@link NotebookParameters#initial}. */
  public NotebookModel(long seed) {
    this(NotebookParameters.initial(seed));
  }

  /** The parameters as they are now; a step replaces them. */
  public NotebookParameters parameters() {
    return parameters;
  }

  /**
   * One training step on one batch. Neither array may change as long as the step is in use.
   *
   * @param pixels {@code [N, 3, 32, 32]} unsigned bytes, image after image in C, H, W order
   * @param labels N numbers from 0 to 9
   * @throws InvalidArgumentException if there are no labels, one is out of range, or the pixels'
   *     number does not fit
   */
  public NotebookStep step(byte[] pixels, int[] labels) {
    int[] own = checked(labels);
    NotebookStep step = NotebookStep.run(parameters, batch(pixels, own), own, LEARNING_RATE);
    parameters = step.after();
    return step;
  }

  /**
   * Loss and accuracy of a batch; the parameters stay.
   *
   * @param pixels as in {@link #step}
   * @param labels as in {@link #step}
   * @throws InvalidArgumentException as {@link #step}
   */
  public NotebookEvaluation evaluate(byte[] pixels, int[] labels) {
    int[] own = checked(labels);
    NotebookForward forward = NotebookForward.of(batch(pixels, own), parameters);
    double loss = NotebookLoss.of(forward.logits(), own).value();
    double accuracy = MetricsReference.accuracy(forward.logits(), own) * 100;
    return new NotebookEvaluation(loss, accuracy, NotebookTranscript.forward(forward));
  }

  private static int[] checked(int[] given) {
    int[] labels = given.clone();
    for (int label : labels) {
      if (label < 0 || label >= CLASSES) {
        throw new InvalidArgumentException("notebook: label " + label + " is not from 0 to 9");
      }
    }
    return labels;
  }

  private static IntegerImages batch(byte[] pixels, int[] labels) {
    return new IntegerImages.Uint8(pixels, labels.length, CHANNELS, SIDE, SIDE);
  }
}
