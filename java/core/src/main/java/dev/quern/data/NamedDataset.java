package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.List;

/** A view of a data set with different class names. */
record NamedDataset(Dataset samples, List<String> classes) implements DatasetView {
  static Dataset of(Dataset samples, List<String> classes) {
    String what = "data set " + samples.name();
    List<String> names = Require.all(what, "classes", classes);
    int labels = Require.present(what, "classes", samples.classes()).size();
    if (!samples.hasTargets() && names.size() != labels) {
      throw new InvalidArgumentException(
          what + ": " + names.size() + " class names do not fit labels of " + labels + " classes");
    }
    return new NamedDataset(samples, names);
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
