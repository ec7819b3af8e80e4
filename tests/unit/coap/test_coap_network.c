/*
 * coap: which networks may speak plain UDP. Runs in a network namespace of its own, where the loopback
 * interface has addresses of other networks; without the right to make one, the cases are skipped.
 */
#include "harness.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

static harness server;

static bool add_address(int fd, const char *name, const char *address)
{
    struct ifreq request = {0};
    struct sockaddr_in in = {.sin_family = AF_INET};
    (void)snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
    (void)inet_pton(AF_INET, address, &in.sin_addr);
    memcpy(&request.ifr_addr, &in, sizeof in);
    if (ioctl(fd, SIOCSIFADDR, &request) != 0)
        return false;
    in.sin_addr.s_addr = INADDR_BROADCAST; /* /32: each address is its own network and so its own source */
    memcpy(&request.ifr_netmask, &in, sizeof in);
    return ioctl(fd, SIOCSIFNETMASK, &request) == 0;
}

static int make_network(void **state)
{
    static bool made;
    struct ifreq up = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
    if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return 0;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    made = ioctl(fd, SIOCSIFFLAGS, &up) == 0 && add_address(fd, "lo:1", "10.9.8.7") &&
           add_address(fd, "lo:2", "172.16.0.1") && add_address(fd, "lo:3", "10.9.200.1");
    (void)close(fd);
    *state = &made;
    return 0;
}

static void open_server(const bool *made, const char *address, const char *network)
{
    otr_str allowed = otr_str_of(network);
    otr_coap_config config = {
        .udp_address = otr_str_of(address),
        .udp_allow = &allowed,
        .udp_allow_count = network != NULL ? 1 : 0,
        .sessions_max = 64,
    };
    if (made == NULL || !*made)
        skip();
    server = (harness){.quality = OTR_CLOCK_SYNCED};
    harness_open_with(&server, &config);
}

/* Whether the server answers a client that speaks from this address. */
static bool answers(const char *address, const char *path)
{
    message answer;
    message request = post(1, "a");
    request.path = path;
    request.method = strcmp(path, "time") == 0 ? GET : POST;
    int fd = client_open(address, otr_coap_udp_port(server.coap));
    bool answered = client_ask(&server, fd, &request, &answer);
    (void)close(fd);
    return answered;
}

static void without_an_allow_list_only_loopback_is_heard(void **state)
{
    open_server(*state, "0.0.0.0:0", NULL);
    assert_true(answers("127.0.0.1", "r"));
    assert_int_equal(harness_counters(&server)->refused_network, 0);
    assert_false(answers("10.9.8.7", "r"));
    assert_false(answers("10.9.8.7", "time"));
    assert_int_equal(harness_counters(&server)->refused_network, 2);
    assert_int_equal(server.upload_count, 1);
    harness_done(&server);
}

static void an_allowed_network_is_heard_and_no_other(void **state)
{
    open_server(*state, "0.0.0.0:0", "10.9.0.0/17");
    assert_true(answers("10.9.8.7", "r"));
    assert_true(answers("127.0.0.1", "r"));
    assert_false(answers("172.16.0.1", "r"));
    assert_false(answers("10.9.200.1", "r"));
    assert_int_equal(harness_counters(&server)->refused_network, 2);
    harness_done(&server);
}

static void a_dual_stack_socket_knows_mapped_addresses(void **state)
{
    open_server(*state, "[::]:0", "10.8.0.0/15");
    assert_true(answers("10.9.8.7", "r"));
    assert_true(answers("127.0.0.1", "r"));
    assert_false(answers("172.16.0.1", "r"));
    harness_done(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_allow_list_only_loopback_is_heard),
        cmocka_unit_test(an_allowed_network_is_heard_and_no_other),
        cmocka_unit_test(a_dual_stack_socket_knows_mapped_addresses),
    };
    return cmocka_run_group_tests(tests, make_network, NULL);
}
