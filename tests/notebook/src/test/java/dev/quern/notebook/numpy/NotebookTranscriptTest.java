package dev.quern.notebook.numpy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NotebookTranscriptTest {
  private static final byte[] PIXELS = new byte[2 * 3 * 32 * 32];
  private static final int[] LABELS = {3, 5};

  @Test
  void printsAnEpochAsTheNotebookDoes() {
    NotebookStep step = new NotebookModel(0).step(PIXELS, LABELS);
    assertThat(NotebookTranscript.epoch(4, step))
        .containsExactly(
            "Epoch  4",
            "Feed Forward:",
            "Convolved shape 1:  (2, 1, 28, 28)",
            "Activated shape 1:  (2, 1, 28, 28)",
            "Pooled shape 1:  (2, 1, 14, 14)",
            "Convolved shape 2:  (2, 1, 12, 12)",
            "Activated shape 2:  (2, 1, 12, 12)",
            "Pooled shape 2:  (2, 1, 11, 11)",
            "Flattened shape:  [  2 121]",
            "FC shape:  (2, 64)",
            "Activated shape:  (2, 64)",
            "y_pred shape:  (2, 10)",
            "Batch 4 Loss  " + NumpyText.number(step.loss()),
            "Back Propogation:",
            "Weights shape softmax layer:  (64, 10) (10,)",
            "Weights shape FC layer:  (121, 64) (64,)",
            "Pooled layer 2 shape:  (2, 1, 12, 12)",
            "Convolved layer 2 shape:  (2, 1, 14, 14)",
            "Convolved layer 2 weight shape:  (1, 3, 3)",
            "Pooled layer 1 shape:  (2, 1, 28, 28)",
            "Convolved layer 1 shape:  (2, 3, 32, 32)",
            "Convolved layer 1 weight shape:  (3, 5, 5)");
  }

  @Test
  void printsTheEvaluationAsTheNotebookDoes() {
    NotebookEvaluation evaluation = new NotebookModel(0).evaluate(PIXELS, LABELS);
    assertThat(NotebookTranscript.evaluation(evaluation))
        .hasSize(12)
        .startsWith("Convolved shape 1:  (2, 1, 28, 28)")
        .endsWith(
            "y_pred shape:  (2, 10)",
            "Test Data Loss:  " + NumpyText.number(evaluation.loss()),
            "Accuracy :  " + NumpyText.number(evaluation.accuracyPercent()));
  }
}
