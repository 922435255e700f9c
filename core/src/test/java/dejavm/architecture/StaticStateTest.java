package dejavm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.architecture.fixture.low.StateHolder;
import dejavm.bus.Platform;
import org.junit.jupiter.api.Test;

class StaticStateTest {
  @Test
  void coreHasNoStaticState() {
    assertThat(StaticState.violations(CompiledClasses.besides(Platform.class))).isEmpty();
  }

  @Test
  void staticStateIsFound() {
    String name = StateHolder.class.getName();
    assertThat(StaticState.violations(CompiledClasses.ofPackage(StateHolder.class)))
        .containsExactlyInAnyOrder(
            name + ".counter is static and not final",
            name + ".OPEN_TABLE is a static array and not private",
            name + ".CACHE is static and holds a java.util.TreeMap",
            name
                + ".SINGLETON is static and holds a "
                + name
                + ", which has fields that are not final");
  }
}
