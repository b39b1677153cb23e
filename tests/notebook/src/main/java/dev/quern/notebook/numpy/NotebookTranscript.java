package dev.quern.notebook.numpy;

import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** What the notebook prints, line by line and letter by letter, its spelling included. */
public final class NotebookTranscript {
  private NotebookTranscript() {}

  /**
   * A pass of the training loop: its heading, the forward pass's shapes, the loss, the backward
   * pass's shapes.
   *
   * @param number from 1
   */
  public static List<String> epoch(int number, NotebookStep step) {
    List<String> lines = new ArrayList<>();
    lines.add("Epoch  " + number);
    lines.add("Feed Forward:");
    lines.addAll(step.forwardTranscript());
    lines.add("Batch " + number + " Loss  " + NumpyText.number(step.loss()));
    lines.add("Back Propogation:");
    lines.addAll(step.backwardTranscript());
    return lines;
  }

  /** The two last cells: shapes, loss and accuracy of the test batch. */
  public static List<String> evaluation(NotebookEvaluation evaluation) {
    List<String> lines = new ArrayList<>(evaluation.forwardTranscript());
    lines.add("Test Data Loss:  " + NumpyText.number(evaluation.loss()));
    lines.add("Accuracy :  " + NumpyText.number(evaluation.accuracyPercent()));
    return lines;
  }

  static List<String> forward(NotebookForward f) {
    return List.of(
        "Convolved shape 1:  " + NumpyText.tuple(f.conv1Activated().shape()),
        "Activated shape 1:  " + NumpyText.tuple(f.conv1Activated().shape()),
        "Pooled shape 1:  " + NumpyText.tuple(f.pool1().shape()),
        "Convolved shape 2:  " + NumpyText.tuple(f.conv2Activated().shape()),
        "Activated shape 2:  " + NumpyText.tuple(f.conv2Activated().shape()),
        "Pooled shape 2:  " + NumpyText.tuple(f.pool2().shape()),
        "Flattened shape:  " + NumpyText.array(flattened(f).toArray()),
        "FC shape:  " + NumpyText.tuple(f.fcActivated().shape()),
        "Activated shape:  " + NumpyText.tuple(f.fcActivated().shape()),
        "y_pred shape:  " + NumpyText.tuple(f.logits().shape()));
  }

  static List<String> backward(NotebookForward f, NotebookGradients g) {
    return List.of(
        "Weights shape softmax layer:  " + pair(g.w4().shape(), g.b4().shape()),
        "Weights shape FC layer:  " + pair(g.w3().shape(), g.b3().shape()),
        "Pooled layer 2 shape:  " + NumpyText.tuple(g.conv2Activated().shape()),
        "Convolved layer 2 shape:  " + NumpyText.tuple(g.pool1().shape()),
        "Convolved layer 2 weight shape:  " + NumpyText.tuple(g.k2().shape()),
        "Pooled layer 1 shape:  " + NumpyText.tuple(g.conv1Activated().shape()),
        "Convolved layer 1 shape:  " + NumpyText.tuple(f.images().shape()),
        "Convolved layer 1 weight shape:  " + NumpyText.tuple(g.k1().shape()));
  }

  private static Shape flattened(NotebookForward f) {
    return Shape.of(f.batch(), f.pool2().shape().sample().elements());
  }

  private static String pair(Shape weights, Shape bias) {
    return NumpyText.tuple(weights) + " " + NumpyText.tuple(bias);
  }
}
