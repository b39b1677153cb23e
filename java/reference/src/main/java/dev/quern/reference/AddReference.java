package dev.quern.reference;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Add;
import dev.quern.reference.internal.Require;
import java.util.Collections;
import java.util.List;

/** The twin of {@link Add}: inputs of one shape, their sum. */
public final class AddReference {
  private AddReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    Checks.inputs("add", inputs, 1);
    NdArray sum = inputs.get(0).copy();
    for (NdArray x : inputs.subList(1, inputs.size())) {
      Checks.shape("add", "other", x, sum.shape());
      for (int i = 0; i < x.size(); i++) {
        sum.add(i, x.get(i));
      }
    }
    return sum;
  }

  /** Every input's gradient is the output's. */
  public static List<NdArray> backward(int inputs, NdArray gradOutput) {
    Require.present("add", "gradOutput", gradOutput);
    if (inputs < 1) {
      throw new InvalidArgumentException("add: " + inputs + " inputs, at least 1 wanted");
    }
    return Collections.nCopies(inputs, gradOutput);
  }
}
