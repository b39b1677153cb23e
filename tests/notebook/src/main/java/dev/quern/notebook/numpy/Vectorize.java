package dev.quern.notebook.numpy;

/**
 * The trait of {@code np.vectorize} that changes the notebook's results: to learn the type of the
 * output it calls the function on the first element, and then once more along with all others. A
 * function that adds to an array has thus added the first element's share twice: image 0, window
 * (0, 0).
 */
final class Vectorize {
  private Vectorize() {}

  /**
   * How often the function is called for this window; the calls follow each other, nothing comes
   * between them.
   */
  static int calls(int image, int row, int column) {
    return image == 0 && row == 0 && column == 0 ? 2 : 1;
  }
}
