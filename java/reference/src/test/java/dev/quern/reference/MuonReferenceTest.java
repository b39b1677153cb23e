package dev.quern.reference;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.quern.optim.Muon;
import dev.quern.reference.optim.MuonReference;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class MuonReferenceTest {
  @Test
  void aWeightWithoutValuesStaysSo() {
    for (Shape none : new Shape[] {Shape.of(0, 6), Shape.of(3, 0), Shape.of(0, 6, 3, 9)}) {
      NdArray weight = new NdArray(none);
      assertThatCode(() -> MuonReference.step(new Muon(), weight, weight.copy(), weight.copy()))
          .doesNotThrowAnyException();
    }
  }
}
