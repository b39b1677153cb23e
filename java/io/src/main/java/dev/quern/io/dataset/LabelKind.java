package dev.quern.io.dataset;

/** Content of the column {@code label} in a list of images: {@link ImageFolderBuilder#labels}. */
public enum LabelKind {
  /** One class: the samples have labels. */
  CLASS,
  /**
   * Any number of classes with semicolons between them, {@code cat;dog}: the samples have targets
   * of {@code [classes]}, 1 where one holds, else 0.
   */
  MULTI_LABEL,
  /** Numbers with semicolons between them, as many in each line: the samples' targets. */
  NUMBERS
}
