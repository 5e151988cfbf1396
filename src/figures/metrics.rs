//! The totals, as a part of the text for Prometheus and its kin.

use super::counts::{By, Counted};
use super::rows::Head;
use crate::openmetrics::Page;
use crate::types::Method;

impl Head {
    /// Writes all of it.
    pub fn write(&self, page: &mut Page) {
        let device = [By::Device];
        self.sum(
            page,
            Counted::Challenge,
            "Sign-ins for which a second factor was asked.",
        );
        self.by_method(
            page,
            Counted::SignIn,
            &device,
            "Sign-ins that a second factor, or a trusted device, ended well.",
        );
        self.by_method(
            page,
            Counted::StepUp,
            &[],
            "Confirmations of people who were signed in.",
        );
        self.by_method(
            page,
            Counted::Failure,
            &[],
            "Second factors that were wrong.",
        );
        page.family(
            "lockouts",
            "counter",
            "",
            "Methods that were blocked for a while, or disabled, after too many failures.",
        );
        for (what, kind) in [
            (Counted::Blocked, "blocked"),
            (Counted::Disabled, "disabled"),
        ] {
            for method in Method::ALL {
                let times = self.totals.of(what, By::Method(*method)).to_string();
                page.sample(
                    "lockouts_total",
                    &[("method", method.as_str()), ("kind", kind)],
                    &times,
                );
            }
        }
        self.by_method(page, Counted::Enrolment, &[], "Factors that were set up.");
        self.by_method(
            page,
            Counted::Removal,
            &[],
            "Factors that their users removed.",
        );
        self.sum(
            page,
            Counted::Notice,
            "Changes of accounts that people are told of.",
        );
        self.sum(
            page,
            Counted::NoticeUndelivered,
            "Notices that no mailer took, or that could not be sent.",
        );
        self.sum(
            page,
            Counted::NetworkRefused,
            "Requests from networks that the site refuses.",
        );
        self.sum(page, Counted::Alert, "Events that look like an attack.");
        self.sum(
            page,
            Counted::Unreadable,
            "Events that cannot be read: somebody else wrote them.",
        );
        page.family(
            "counted_timestamp_seconds",
            "gauge",
            "seconds",
            "When events were counted last; 0 where there was none.",
        );
        let moved = self.moved.map_or(0, |at| at.seconds());
        page.sample("counted_timestamp_seconds", &[], &moved.to_string());
    }

    fn by_method(&self, page: &mut Page, what: Counted, more: &[By], help: &str) {
        let name = what.as_str();
        page.family(name, "counter", "", help);
        let methods = Method::ALL.iter().copied().map(By::Method);
        for by in methods.chain(more.iter().copied()) {
            let times = self.totals.of(what, by).to_string();
            page.sample(&format!("{name}_total"), &[("method", by.as_str())], &times);
        }
    }

    fn sum(&self, page: &mut Page, what: Counted, help: &str) {
        let name = what.as_str();
        page.family(name, "counter", "", help);
        page.sample(
            &format!("{name}_total"),
            &[],
            &self.totals.sum(what).to_string(),
        );
    }
}
