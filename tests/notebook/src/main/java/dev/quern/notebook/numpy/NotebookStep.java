package dev.quern.notebook.numpy;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One training step of the notebook: what went in, everything computed, and the parameters that
 * came out.
 */
public final class NotebookStep {
  private final NotebookParameters before;
  private final NotebookForward forward;
  private final int[] labels;
  private final NotebookLoss loss;
  private final NotebookGradients gradients;
  private final NotebookParameters after;

  private NotebookStep(
      NotebookParameters before,
      NotebookForward forward,
      int[] labels,
      NotebookLoss loss,
      NotebookGradients gradients,
      NotebookParameters after) {
    this.before = before;
    this.forward = forward;
    this.labels = labels;
    this.loss = loss;
    this.gradients = gradients;
    this.after = after;
  }

  static NotebookStep run(
      NotebookParameters before, IntegerImages images, int[] labels, double eta) {
    NotebookForward forward = NotebookForward.of(images, before);
    NotebookLoss loss = NotebookLoss.of(forward.logits(), labels);
    NotebookGradients gradients =
        NotebookGradients.of(forward, loss.probabilities(), labels, before);
    return new NotebookStep(
        before, forward, labels, loss, gradients, before.descend(gradients, eta));
  }

  /** The batch's mean loss before the update. */
  public double loss() {
    return loss.value();
  }

  public NotebookParameters before() {
    return before;
  }

  public NotebookParameters after() {
    return after;
  }

  /**
   * What the notebook takes for the gradient of the images, {@code [N, 3, 32, 32]}. The notebook
   * computes it in each step and reads it nowhere; it is computed here when asked for, since it is
   * by far the largest array of a step.
   */
  public NdArray inputGradient() {
    return NotebookForward.convolution1(before)
        .backwardData(forward.images(), gradients.conv1Activated());
  }

  /**
   * Everything under the names of the recorded step: {@code x}, {@code y}, {@code before.K1},
   * {@code conv1_activated}, ..., {@code after.b4}. A name that starts with d is the gradient that
   * enters that tensor's place; {@code dK1}, {@code dW3} and their like are the parameters'
   * gradients. Integers are given as doubles, hence copies are made: for 10,000 images some 600 MB.
   */
  public Map<String, NdArray> tensors() {
    Map<String, NdArray> all = new LinkedHashMap<>();
    all.put("x", forward.images().toNdArray());
    all.put("y", doubles(Shape.of(labels.length), labels));
    putParameters(all, "before.", before);
    all.put("conv1_activated", forward.conv1Activated().toNdArray());
    all.put("pool1", forward.pool1().toNdArray());
    all.put("conv2_activated", forward.conv2Activated().toNdArray());
    all.put("flat", forward.flat());
    all.put("fc_activated", forward.fcActivated());
    all.put("logits", forward.logits());
    all.put("probs", loss.probabilities());
    all.put("loss", NdArray.of(Shape.of(1), loss.value()));
    all.put("dW4", gradients.w4());
    all.put("db4", gradients.b4());
    all.put("dW3", gradients.w3());
    all.put("db3", gradients.b3());
    all.put("dconv2_activated", gradients.conv2Activated());
    all.put("dpool1", gradients.pool1());
    all.put("dK2", gradients.k2());
    all.put("dconv1_activated", gradients.conv1Activated());
    all.put("dx", inputGradient());
    all.put("dK1", gradients.k1());
    putParameters(all, "after.", after);
    return Collections.unmodifiableMap(all);
  }

  /** The lines that the notebook's {@code model} prints for this batch. */
  public List<String> forwardTranscript() {
    return NotebookTranscript.forward(forward);
  }

  /** The lines that the notebook's {@code backprop} prints for this batch. */
  public List<String> backwardTranscript() {
    return NotebookTranscript.backward(forward, gradients);
  }

  private static void putParameters(Map<String, NdArray> all, String prefix, NotebookParameters p) {
    all.put(prefix + "K1", doubles(NotebookParameters.K1, p.k1()));
    all.put(prefix + "K2", doubles(NotebookParameters.K2, p.k2()));
    all.put(prefix + "W3", p.w3());
    all.put(prefix + "b3", p.b3());
    all.put(prefix + "W4", p.w4());
    all.put(prefix + "b4", p.b4());
  }

  private static NdArray doubles(Shape shape, long[] values) {
    NdArray array = new NdArray(shape);
    for (int i = 0; i < values.length; i++) {
      array.set(i, values[i]);
    }
    return array;
  }

  private static NdArray doubles(Shape shape, int[] values) {
    NdArray array = new NdArray(shape);
    for (int i = 0; i < values.length; i++) {
      array.set(i, values[i]);
    }
    return array;
  }
}
