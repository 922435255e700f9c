package dejavm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FigureTest {
  @Test
  void theMedianIsInTheMiddle() {
    assertThat(new Figure(List.of(3.0)).median()).isEqualTo(3);
    assertThat(new Figure(List.of(9.0, 1.0, 4.0)).median()).isEqualTo(4);
    assertThat(new Figure(List.of(9.0, 1.0, 4.0, 2.0)).median()).isEqualTo(3);
  }

  @Test
  void theGeometricMeanOfARatioAndItsInverseIsOne() {
    assertThat(Figure.geometricMean(List.of(4.0, 0.25))).isCloseTo(1, within(1e-12));
  }
}
