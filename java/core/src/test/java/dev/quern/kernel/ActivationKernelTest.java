package dev.quern.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.NativeLibrary;
import dev.quern.internal.OffHeap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ActivationKernelTest {
  private OffHeap memory;

  @BeforeEach
  void open() {
    NativeLibrary.require();
    memory = DescriptorMemory.allocate();
  }

  @AfterEach
  void close() {
    memory.close();
  }

  private ActivationKernel kernel(String function, float... coefficients) {
    return new ActivationKernel(memory.pointer(0), function, coefficients);
  }

  @Test
  void namesAreThoseOfTheNativeList() {
    assertThat(kernel("tanh").readsOutput()).isTrue();
    assertThat(kernel("softplus", 1, 20).readsOutput()).isFalse();
    assertThat(kernel("elu", 1).readsOutput()).isTrue();
    assertThat(kernel("elu", -1).readsOutput()).isFalse();
  }

  @Test
  void refusesUnknownNames() {
    assertThatThrownBy(() -> kernel("relu7"))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("activation: relu7 is not one of the known functions");
  }

  @Test
  void refusesAnotherNumberOfCoefficients() {
    assertThatThrownBy(() -> kernel("softplus", 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("softplus: 1 coefficients, expected 2");
    assertThatThrownBy(() -> kernel("tanh", 1)).isInstanceOf(InvalidArgumentException.class);
  }
}
