package dejavm.display;

/**
 * How a machine is, for those who watch it.
 *
 * @param mode {@code run}, {@code record} or {@code replay}
 * @param state {@code running}, {@code halted}, or how it ended
 * @param ended whether it has
 * @param recorded bytes of the recording so far, -1 where there is none
 */
public record MachineStatus(
    String mode,
    String state,
    boolean ended,
    long instructions,
    double guestSeconds,
    long recorded) {}
