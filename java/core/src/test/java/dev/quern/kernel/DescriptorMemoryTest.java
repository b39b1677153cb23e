package dev.quern.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.AdamDescriptor;
import dev.quern.bindings.BatchNorm2dDescriptor;
import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.CrossEntropyDescriptor;
import dev.quern.bindings.DiceDescriptor;
import dev.quern.bindings.DropoutDescriptor;
import dev.quern.bindings.GroupNormDescriptor;
import dev.quern.bindings.LayerNormDescriptor;
import dev.quern.bindings.LinearDescriptor;
import dev.quern.bindings.MuonDescriptor;
import dev.quern.bindings.Pool2dDescriptor;
import dev.quern.bindings.PostOpsDescriptor;
import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.bindings.RmsPropDescriptor;
import dev.quern.bindings.ScaledDotProductAttentionDescriptor;
import dev.quern.bindings.SgdDescriptor;
import dev.quern.internal.NativeLibrary;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorMemoryTest {
  @ParameterizedTest
  @ValueSource(
      classes = {
        ActivationDescriptor.class,
        AdamDescriptor.class,
        BatchNorm2dDescriptor.class,
        Conv2dDescriptor.class,
        CrossEntropyDescriptor.class,
        DiceDescriptor.class,
        DropoutDescriptor.class,
        GroupNormDescriptor.class,
        LayerNormDescriptor.class,
        LinearDescriptor.class,
        MuonDescriptor.class,
        Pool2dDescriptor.class,
        PostOpsDescriptor.class,
        Resize2dDescriptor.class,
        RmsPropDescriptor.class,
        ScaledDotProductAttentionDescriptor.class,
        SgdDescriptor.class
      })
  void everyDescriptorFits(Class<? extends Pointer> type) {
    NativeLibrary.require();
    assertThat(Loader.sizeof(type)).isBetween(8, DescriptorMemory.BYTES);
  }
}
