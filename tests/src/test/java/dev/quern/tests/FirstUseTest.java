package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FirstUseTest {
  /** Without NativeLibrary's order of loading, two of three such runs hang. */
  @ParameterizedTest
  @ValueSource(ints = {5, 10, 20, 30, 40})
  void anotherLibraryMayBeginWithJavaCppMeanwhile(int milliseconds) throws Exception {
    ChildJvm.Result result =
        new ChildJvm().option("-Dlater=" + milliseconds).run(FirstUseMain.class);
    assertThat(result.output().strip()).isEqualTo("done");
  }
}
